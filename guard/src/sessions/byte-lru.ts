/** Entries by their last use, bounded by the bytes that they take together. */
export interface ByteLru<V> {
  /** Makes it the newest. */
  get(key: string): V | undefined
  /** Leaves its place as it is. */
  peek(key: string): V | undefined
  /** Gives false, and keeps nothing, where it does not fit even when all that may go is gone. */
  set(key: string, value: V, bytes: number): boolean
  delete(key: string): void
  /** The oldest go first. */
  resize(maxBytes: number): void
  entries(): IterableIterator<[string, V]>
  readonly bytes: number
  readonly size: number
}

interface Kept<V> {
  value: V
  bytes: number
}

/** @param mayGo whether an entry may be dropped to make room */
export function createByteLru<V>(maxBytes: number, mayGo: (value: V) => boolean): ByteLru<V> {
  // A map keeps the order in which keys were put in.
  const kept = new Map<string, Kept<V>>()
  let most = maxBytes
  let bytes = 0

  function remove(key: string): Kept<V> | undefined {
    const entry = kept.get(key)
    if (entry === undefined) return undefined
    kept.delete(key)
    bytes -= entry.bytes
    return entry
  }

  function shrinkTo(target: number): void {
    if (bytes <= target) return
    for (const [key, { value }] of kept) {
      if (!mayGo(value)) continue
      remove(key)
      if (bytes <= target) return
    }
  }

  return {
    get(key) {
      const entry = kept.get(key)
      if (entry === undefined) return undefined
      kept.delete(key)
      kept.set(key, entry)
      return entry.value
    },
    peek: (key) => kept.get(key)?.value,
    set(key, value, size) {
      const before = remove(key)
      if (size <= most) shrinkTo(most - size)
      if (bytes + size > most) {
        if (before !== undefined) {
          kept.set(key, before)
          bytes += before.bytes
        }
        return false
      }
      kept.set(key, { value, bytes: size })
      bytes += size
      return true
    },
    delete: (key) => void remove(key),
    resize(next) {
      most = next
      shrinkTo(most)
    },
    *entries() {
      for (const [key, { value }] of kept) yield [key, value]
    },
    get bytes() {
      return bytes
    },
    get size() {
      return kept.size
    },
  }
}
