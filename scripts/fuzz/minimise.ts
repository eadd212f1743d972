/** The least that still does it: halves, quarters, … are left out as long as the failure stays. */

const MOST_TRIES = 600
const MOST_MS = 30_000

/**
 * @param fails whether these bytes still fail in the same way
 * @returns the smallest that was found in the time that it has
 */
export async function minimised(
  bytes: Buffer,
  fails: (bytes: Buffer) => Promise<boolean>,
): Promise<Buffer> {
  const until = performance.now() + MOST_MS
  let least = bytes
  let tries = 0
  for (let size = Math.ceil(least.length / 2); size >= 1; size = Math.floor(size / 2)) {
    for (let at = 0; at < least.length;) {
      if (tries++ > MOST_TRIES || performance.now() > until) return least
      const without = Buffer.concat([least.subarray(0, at), least.subarray(at + size)])
      if (await fails(without)) least = without
      else at += size
    }
  }
  return least
}
