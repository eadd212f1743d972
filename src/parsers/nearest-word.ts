/** The word that somebody may have meant. */

/** Slips of the keyboard that are still taken for the same word, for each of its letters. */
const SLIPS_PER_LETTER = 1 / 3

/** Null: none of the known ones is like it. */
export function nearestWord(word: string, known: Iterable<string>): string | null {
  let nearest: string | null = null
  let fewest = Math.max(1, Math.floor(word.length * SLIPS_PER_LETTER)) + 1
  for (const each of known) {
    const slips = slipsBetween(word.toLowerCase(), each.toLowerCase(), fewest)
    if (slips >= fewest) continue
    fewest = slips
    nearest = each
  }
  return nearest
}

/** `did you mean 'timeout'?`, or what else there is to say. */
export function meantWord(word: string, known: readonly string[], otherwise: string): string {
  const near = nearestWord(word, known)
  return near === null ? otherwise : didYouMean([near])
}

/** @example didYouMean(['--probe-http', '--probe-command']) // did you mean '--probe-http' or '--probe-command'? */
export function didYouMean(meant: readonly string[]): string {
  return `did you mean ${meant.map((each) => `'${each}'`).join(' or ')}?`
}

/** Letters that were left out, put in or mistaken; two that changed places are one slip. At most `most` are counted. */
function slipsBetween(a: string, b: string, most: number): number {
  if (Math.abs(a.length - b.length) >= most) return most
  let twoBefore: number[] = []
  let before = Array.from({ length: b.length + 1 }, (_, at) => at)
  for (let row = 1; row <= a.length; row++) {
    const now = [row]
    for (let column = 1; column <= b.length; column++) {
      const isSame = a[row - 1] === b[column - 1]
      const isSwapped =
        row > 1 && column > 1 && a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1]
      now.push(
        Math.min(
          (before[column] ?? most) + 1,
          (now[column - 1] ?? most) + 1,
          (before[column - 1] ?? most) + (isSame ? 0 : 1),
          isSwapped ? (twoBefore[column - 2] ?? most) + 1 : most,
        ),
      )
    }
    twoBefore = before
    before = now
  }
  return Math.min(most, before[b.length] ?? most)
}
