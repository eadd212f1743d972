const CONTEXT_LINES = 3
/** Changed stretches longer than this are shown as a whole: finding what they share would cost their square. */
const MAX_COMPARED = 1_000
const NO_NEWLINE = '\\ No newline at end of file\n'

interface Line {
  kind: ' ' | '-' | '+'
  text: string
}

/** The difference of two texts as `diff -u` writes it; empty where there is none. Line ends are part of a line. */
export function unifiedDiff(name: string, before: string, after: string): string {
  if (before === after) return ''
  const lines = compare(linesOf(before), linesOf(after))
  return `--- ${name}\n+++ ${name}\n${hunks(lines).join('')}`
}

function linesOf(text: string): string[] {
  return text === '' ? [] : text.split(/(?<=\n)/)
}

function compare(before: readonly string[], after: readonly string[]): Line[] {
  const shorter = Math.min(before.length, after.length)
  let head = 0
  while (head < shorter && before[head] === after[head]) head++
  let tail = 0
  while (tail < shorter - head && before.at(-1 - tail) === after.at(-1 - tail)) tail++
  const same = (text: string): Line => ({ kind: ' ', text })
  return [
    ...before.slice(0, head).map(same),
    ...compareMiddle(
      before.slice(head, before.length - tail),
      after.slice(head, after.length - tail),
    ),
    ...before.slice(before.length - tail).map(same),
  ]
}

/** By the longest common subsequence. */
function compareMiddle(before: readonly string[], after: readonly string[]): Line[] {
  if (before.length > MAX_COMPARED || after.length > MAX_COMPARED) {
    return [
      ...before.map((text): Line => ({ kind: '-', text })),
      ...after.map((text): Line => ({ kind: '+', text })),
    ]
  }
  const common = commonLengths(before, after)
  const width = after.length + 1
  const at = (row: number, column: number): number => common[row * width + column] ?? 0
  const lines: Line[] = []
  let row = 0
  let column = 0
  while (row < before.length || column < after.length) {
    const old = before[row]
    const fresh = after[column]
    if (old !== undefined && old === fresh) {
      lines.push({ kind: ' ', text: old })
      row++
      column++
    } else if (
      old !== undefined &&
      (fresh === undefined || at(row + 1, column) >= at(row, column + 1))
    ) {
      lines.push({ kind: '-', text: old })
      row++
    } else {
      lines.push({ kind: '+', text: fresh ?? '' })
      column++
    }
  }
  return lines
}

/** For each pair of positions, how many lines the rests of both texts have in common. */
function commonLengths(before: readonly string[], after: readonly string[]): Uint16Array {
  const width = after.length + 1
  const lengths = new Uint16Array((before.length + 1) * width)
  for (let row = before.length - 1; row >= 0; row--) {
    for (let column = after.length - 1; column >= 0; column--) {
      lengths[row * width + column] =
        before[row] === after[column]
          ? (lengths[(row + 1) * width + column + 1] ?? 0) + 1
          : Math.max(
              lengths[(row + 1) * width + column] ?? 0,
              lengths[row * width + column + 1] ?? 0,
            )
    }
  }
  return lengths
}

function hunks(lines: readonly Line[]): string[] {
  const written: string[] = []
  let from = 0
  while (from < lines.length) {
    const first = lines.findIndex(({ kind }, index) => index >= from && kind !== ' ')
    if (first === -1) break
    const start = Math.max(from, first - CONTEXT_LINES)
    const end = endOfHunk(lines, first)
    written.push(writeHunk(lines, start, end))
    from = end
  }
  return written
}

/** Changes whose surroundings touch stand in one hunk. */
function endOfHunk(lines: readonly Line[], first: number): number {
  let last = first
  for (let index = first; index < lines.length && index - last <= 2 * CONTEXT_LINES; index++) {
    if (lines[index]?.kind !== ' ') last = index
  }
  return Math.min(lines.length, last + 1 + CONTEXT_LINES)
}

function writeHunk(lines: readonly Line[], start: number, end: number): string {
  const count = (from: number, to: number, not: '-' | '+'): number =>
    lines.slice(from, to).filter(({ kind }) => kind !== not).length
  const range = (not: '-' | '+'): string => {
    const length = count(start, end, not)
    // An empty range names the line before it.
    return `${count(0, start, not) + (length === 0 ? 0 : 1)}${length === 1 ? '' : `,${length}`}`
  }
  const body = lines
    .slice(start, end)
    .map(({ kind, text }) => `${kind}${text.endsWith('\n') ? text : `${text}\n${NO_NEWLINE}`}`)
  return `@@ -${range('+')} +${range('-')} @@\n${body.join('')}`
}
