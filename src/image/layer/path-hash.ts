/**
 * A number that stands for a path: 53 bits, so that it is exact as a number.
 *
 * Two paths of a million share one with a probability of about 1 in 18,000; then a package might be left out.
 */
export function pathHash(path: string): number {
  // Two rounds of a 32-bit hash with other multipliers, after cyrb53, which is in the public domain.
  let one = 0xdeadbeef
  let other = 0x41c6ce57
  for (let at = 0; at < path.length; at++) {
    const code = path.charCodeAt(at)
    one = Math.imul(one ^ code, 2654435761)
    other = Math.imul(other ^ code, 1597334677)
  }
  one = Math.imul(one ^ (one >>> 16), 2246822507) ^ Math.imul(other ^ (other >>> 13), 3266489909)
  other = Math.imul(other ^ (other >>> 16), 2246822507) ^ Math.imul(one ^ (one >>> 13), 3266489909)
  return 4294967296 * (2097151 & other) + (one >>> 0)
}
