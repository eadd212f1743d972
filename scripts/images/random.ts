/** A generator of numbers that gives the same ones for the same seed: 0 to 2^32 - 1. */
export function seeded(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    // A step of Weyl's sequence and a mix of its bits, as mulberry32 has them.
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return (mixed ^ (mixed >>> 14)) >>> 0
  }
}

/** Bytes that no compression makes smaller. */
export function randomBytes(seed: number, length: number): Buffer {
  const next = seeded(seed)
  const bytes = Buffer.alloc(Math.ceil(length / 4) * 4)
  for (let at = 0; at < bytes.length; at += 4) bytes.writeUInt32LE(next(), at)
  return bytes.subarray(0, length)
}
