/** The beginning and the end of a text of any length. */
export interface KeptText {
  take(chunk: Buffer): void
  text(): string
  /** Bytes that are not kept, from the middle. */
  left(): number
}

export function keptText(mostBytes: number): KeptText {
  const half = Math.floor(mostBytes / 2)
  const head: Buffer[] = []
  let headBytes = 0
  let tail: Buffer[] = []
  let tailBytes = 0
  let left = 0

  function shorten(): void {
    const all = Buffer.concat(tail)
    const kept = all.subarray(Math.max(0, all.length - half))
    left += all.length - kept.length
    // A copy: a part would keep all of it in memory.
    tail = [Buffer.from(kept)]
    tailBytes = kept.length
  }
  return {
    take(chunk) {
      const first = chunk.subarray(0, Math.max(0, half - headBytes))
      if (first.length > 0) {
        head.push(Buffer.from(first))
        headBytes += first.length
      }
      const rest = chunk.subarray(first.length)
      if (rest.length === 0) return
      tail.push(rest)
      tailBytes += rest.length
      if (tailBytes > half * 2) shorten()
    },
    text() {
      if (tailBytes > half) shorten()
      if (left === 0) return Buffer.concat([...head, ...tail]).toString()
      return `${Buffer.concat(head).toString()}\n… ${left} bytes are left out …\n${Buffer.concat(tail).toString()}`
    },
    left() {
      if (tailBytes > half) shorten()
      return left
    },
  }
}
