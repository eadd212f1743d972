/** Small reads lie close together, as those of the tables of a program: one larger read answers many. */
const AHEAD_BYTES = 4096

/**
 * Reads a file that does not change in one buffer: what it gives is valid until the next call.
 *
 * @param fill reads bytes at an offset into the beginning of a buffer, as many as there are up to `wanted`, and gives how many
 */
export function createReader(
  fill: (buffer: Buffer, offset: number, wanted: number) => number,
): (offset: number, wanted: number) => Buffer {
  let buffer = Buffer.alloc(0)
  let from = 0
  let filled = 0
  let isFirst = true
  return (offset, wanted) => {
    const isThere = offset >= from && offset + wanted <= from + filled
    if (!isThere) {
      // Most files are only asked how they begin.
      const ahead = isFirst ? wanted : Math.max(wanted, AHEAD_BYTES)
      isFirst = false
      if (buffer.length < ahead) buffer = Buffer.allocUnsafe(ahead)
      filled = fill(buffer, offset, ahead)
      from = offset
    }
    return buffer.subarray(offset - from, Math.min(offset - from + wanted, filled))
  }
}
