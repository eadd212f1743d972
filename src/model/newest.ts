/** Maps and sets that hold the newest of what came: both keep the order in which their keys came. */

interface Keyed<Key> {
  readonly size: number
  keys(): Iterable<Key>
  delete(key: Key): boolean
}

/** Puts a value at the end of a map, also where the key is known, and forgets the oldest beyond a number. */
export function keepNewest<Key, Value>(
  map: Map<Key, Value>,
  key: Key,
  value: Value,
  most: number,
): void {
  map.delete(key)
  map.set(key, value)
  forgetOldest(map, most)
}

/** Forgets what came first, until a number is left. */
export function forgetOldest<Key>(keyed: Keyed<Key>, most: number): void {
  for (const oldest of keyed.keys()) {
    if (keyed.size <= most) return
    keyed.delete(oldest)
  }
}
