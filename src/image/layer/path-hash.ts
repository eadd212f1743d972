/** Two rounds of a 32-bit hash with other multipliers, after cyrb53, which is in the public domain. */
interface Rounds {
  readonly one: number
  readonly other: number
}

const BEGINNING: Rounds = { one: 0xdeadbeef, other: 0x41c6ce57 }

/**
 * A number that stands for a path: 53 bits, so that it is exact as a number.
 *
 * Two paths of a million share one with a probability of about 1 in 18,000; then a package might be left out.
 */
export function pathHash(path: string): number {
  return numberOf(after(BEGINNING, path))
}

/** The same numbers for what lies in a folder, by its name: the path of the folder is gone through once. */
export function hashesIn(folder: string): (name: string) => number {
  const begun = folder === '' ? BEGINNING : after(BEGINNING, `${folder}/`)
  return (name) => numberOf(after(begun, name))
}

function after({ one, other }: Rounds, text: string): Rounds {
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at)
    one = Math.imul(one ^ code, 2654435761)
    other = Math.imul(other ^ code, 1597334677)
  }
  return { one, other }
}

function numberOf({ one, other }: Rounds): number {
  one = Math.imul(one ^ (one >>> 16), 2246822507) ^ Math.imul(other ^ (other >>> 13), 3266489909)
  other = Math.imul(other ^ (other >>> 16), 2246822507) ^ Math.imul(one ^ (one >>> 13), 3266489909)
  return 4294967296 * (2097151 & other) + (one >>> 0)
}
