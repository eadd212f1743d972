/** Cuts a document where its parts have nothing to do with each other: the time that its reader takes grows faster than the text. */
export interface Piece {
  text: string
  /** Of its first line, from 0. */
  line: number
}

const ENOUGH = 8_000
const FENCE = /^ {0,3}(`{3,}|~{3,})(.*)/
/** Blocks of HTML that go on beyond an empty line, and sources that are named elsewhere. */
const UNCUT = /^ {0,3}(?:<(?:[!?]|(?:script|pre|style|textarea)\b)|\[[^\]\n]+\]:)/im

/** Only before a line without indentation, behind an empty one, and outside of fences: there every block of before has ended. */
export function piecesOf(markdown: string): readonly Piece[] {
  if (markdown.length <= ENOUGH || UNCUT.test(markdown)) return [{ text: markdown, line: 0 }]
  const pieces: Piece[] = []
  let lines: string[] = []
  let size = 0
  let fence: string | null = null
  const cut = (next: number): void => {
    pieces.push({ text: lines.join('\n'), line: next - lines.length })
    lines = []
    size = 0
  }
  for (const [at, line] of markdown.split('\n').entries()) {
    const mayCut = fence === null && lines.at(-1)?.trim() === '' && /^\S/.test(line)
    if (mayCut && size > ENOUGH) cut(at)
    const [, signs = '', rest = ''] = FENCE.exec(line) ?? []
    if (fence === null) fence = signs === '' ? null : signs
    else if (signs.startsWith(fence) && rest.trim() === '') fence = null
    lines.push(line)
    size += line.length + 1
  }
  cut(markdown.split('\n').length)
  return pieces
}
