import type { Place, SourceFile } from './place.ts'

const MAX_INSTRUCTIONS = 10_000

/** A text that stands below its instruction: `COPY <<EOF /etc/redis.conf`. */
export interface HereDocument {
  name: string
  body: Place
  /** The builder puts no variables in. */
  isLiteral: boolean
  /** Its lines lose the tabs they begin with. */
  isIndented: boolean
}

export interface Instruction {
  name: string
  /** What stands behind the name, continued lines and all. */
  rest: Place
  documents: readonly HereDocument[]
}

/** A word of its own, and no shift of a number. */
const MARKER = /(?:^|\s)\d*<<(-?)(["']?)([^\s<>"'|;&()]+)\2/g

/** Instructions with their continued lines. Comments between them are no part of them. */
export function instructionsOf(file: SourceFile): Instruction[] {
  const found: Instruction[] = []
  const { text } = file
  let at = 0
  while (at < text.length && found.length < MAX_INSTRUCTIONS) {
    const end = endOfInstruction(text, at)
    const match = /^[ \t]*([A-Za-z]+)[ \t]+/.exec(text.slice(at, end))
    const start = at + (match?.[0].length ?? 0)
    at = end + 1
    if (match === null) continue
    const documents: HereDocument[] = []
    for (const [, dash, quote, name = ''] of textOf({ file, start, end }).matchAll(MARKER)) {
      const close = endOfHereDocument(text, at, name)
      documents.push({
        name,
        body: { file, start: at, end: close.body },
        isLiteral: quote !== '',
        isIndented: dash !== '',
      })
      at = close.next
    }
    found.push({ name: (match[1] ?? '').toUpperCase(), rest: { file, start, end }, documents })
  }
  return found
}

const COMMENT = /^[ \t]*#/

/** Comments and empty lines do not end an instruction that is continued. */
function endOfInstruction(text: string, from: number): number {
  let at = from
  for (;;) {
    const newline = text.indexOf('\n', at)
    const end = newline === -1 ? text.length : newline
    const line = text.slice(at, end)
    const isBetween = at > from && (COMMENT.test(line) || line.trim() === '')
    const isContinued = isBetween || (/\\[ \t\r]*$/.test(line) && !COMMENT.test(line))
    if (newline === -1 || !isContinued) return end
    at = end + 1
  }
}

/** What stands behind the name of an instruction, with spaces in the place of comments between its lines. */
export function textOf({ file, start, end }: Place): string {
  return file.text
    .slice(start, end)
    .replace(/\n[ \t]*#[^\n]*/g, (comment) => `\n${' '.repeat(comment.length - 1)}`)
}

/** Where a text ends, and where the line behind its marker begins. */
function endOfHereDocument(
  text: string,
  from: number,
  marker: string,
): { body: number; next: number } {
  let at = from
  while (at < text.length) {
    const newline = text.indexOf('\n', at)
    const end = newline === -1 ? text.length : newline
    const line = text.slice(at, end).replace(/^\t+/, '').replace(/\r$/, '')
    if (line === marker) return { body: at, next: end + 1 }
    at = end + 1
  }
  return { body: text.length, next: text.length }
}
