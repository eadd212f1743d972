import type { Place, SourceFile } from './place.ts'
import type { Scalar } from './value.ts'

/** A text of its own that stands within a file, as a configuration stands in a manifest, and where each part of it stands there. */
export interface Excerpt {
  text: string
  /** Of a stretch of the text. */
  place(start: number, end: number): Place
}

/** A whole file is an excerpt of itself; a byte order mark is no part of its text. */
export function wholeFile(file: SourceFile): Excerpt {
  const skipped = file.text.startsWith('\uFEFF') ? 1 : 0
  return {
    text: file.text.slice(skipped),
    place: (start, end) => ({ file, start: start + skipped, end: end + skipped }),
  }
}

/** A stretch of a file as it stands. */
export function stretchOf({ file, start, end }: Place): Excerpt {
  return {
    text: file.text.slice(start, end),
    place: (from, to) => ({ file, start: start + from, end: start + to }),
  }
}

/** Characters of a text that stand side by side in the file as well; an escape is one of its own. */
interface Run {
  /** Where it begins in the text. */
  at: number
  /** Where it begins in the file. */
  raw: number
  /** How long an escape is there; null where each character stands for itself. */
  escape: number | null
}

/** The text of a scalar of YAML or JSON; null where its lines are folded, so that they stand nowhere as they are read. */
export function excerptOf(scalar: Scalar): Excerpt | null {
  const { text, place } = scalar
  const raw = place.file.text.slice(place.start, place.end)
  const runs = runsOf(raw, text)
  return runs === null ? null : excerptBy(runs, text, place)
}

/** A stretch of a file whose lines are read without the tabs they begin with. */
export function withoutTabs(place: Place): Excerpt {
  const raw = place.file.text.slice(place.start, place.end)
  const runs: Run[] = []
  let text = ''
  for (const { 0: line, index } of raw.matchAll(/[^\n]*\n?/g)) {
    const bare = line.replace(/^\t+/, '')
    runs.push({ at: text.length, raw: index + line.length - bare.length, escape: null })
    text += bare
  }
  return excerptBy(runs, text, place)
}

function excerptBy(runs: readonly Run[], text: string, place: Place): Excerpt {
  return {
    text,
    place: (start, end) => ({
      file: place.file,
      start: place.start + startIn(runs, start),
      end: place.start + (end > start ? endIn(runs, end - 1) : startIn(runs, start)),
    }),
  }
}

function runsOf(raw: string, text: string): readonly Run[] | null {
  const [first] = raw
  if (first === '|') return literalRuns(raw, text)
  if (first === '"') return quotedRuns(raw, text)
  if (first === "'") return raw === `'${text}'` ? [{ at: 0, raw: 1, escape: null }] : null
  return raw === text ? [{ at: 0, raw: 0, escape: null }] : null
}

/** A literal block: each line stands behind its indentation. */
function literalRuns(raw: string, text: string): readonly Run[] | null {
  const runs: Run[] = []
  let at = 0
  let start = raw.indexOf('\n') + 1
  if (start === 0) return text === '' ? runs : null
  while (at < text.length) {
    const newline = text.indexOf('\n', at)
    const line = text.slice(at, newline === -1 ? text.length : newline)
    const rawNewline = raw.indexOf('\n', start)
    const rawLine = raw.slice(start, rawNewline === -1 ? raw.length : rawNewline).replace(/\r$/, '')
    // What ends in empty lines of less indentation is empty all the same.
    const indentation = rawLine.length - line.length
    if (!rawLine.endsWith(line) || /\S/.test(rawLine.slice(0, indentation))) return null
    runs.push({ at, raw: start + indentation, escape: null })
    if (newline === -1) return runs
    at = newline + 1
    start = rawNewline === -1 ? raw.length : rawNewline + 1
  }
  return runs
}

const ESCAPES: ReadonlyMap<string, string> = new Map(
  Object.entries({
    '0': '\0',
    a: '\u0007',
    b: '\b',
    t: '\t',
    '\t': '\t',
    n: '\n',
    v: '\v',
    f: '\f',
    r: '\r',
    e: '\u001B',
    N: '\u0085',
    _: '\u00A0',
    L: '\u2028',
    P: '\u2029',
  }),
)
const CODE_LENGTHS: ReadonlyMap<string, number> = new Map([
  ['x', 2],
  ['u', 4],
  ['U', 8],
])

/** A text in double quotes, on one line or with escaped ends of lines. */
function quotedRuns(raw: string, text: string): readonly Run[] | null {
  const runs: Run[] = []
  let from = 1
  let at = 0
  while (from < raw.length - 1) {
    const backslash = raw.indexOf('\\', from)
    const end = backslash === -1 ? raw.length - 1 : backslash
    const plain = raw.slice(from, end)
    if (/[\r\n]/.test(plain) || !text.startsWith(plain, at)) return null
    if (plain !== '') runs.push({ at, raw: from, escape: null })
    at += plain.length
    from = end
    if (backslash === -1) break
    const escape = escapeAt(raw, backslash)
    if (!text.startsWith(escape.text, at)) return null
    if (escape.text !== '') runs.push({ at, raw: backslash, escape: escape.length })
    at += escape.text.length
    from += escape.length
  }
  return at === text.length ? runs : null
}

function escapeAt(raw: string, at: number): { text: string; length: number } {
  const letter = raw[at + 1] ?? ''
  const [joined] = /^\\\r?\n[ \t]*/.exec(raw.slice(at, at + 1_000)) ?? []
  if (joined !== undefined) return { text: '', length: joined.length }
  const digits = CODE_LENGTHS.get(letter)
  if (digits === undefined) return { text: ESCAPES.get(letter) ?? letter, length: 2 }
  const code = Number.parseInt(raw.slice(at + 2, at + 2 + digits), 16)
  const isCode = code >= 0 && code <= 0x10_ff_ff
  return { text: isCode ? String.fromCodePoint(code) : '', length: 2 + digits }
}

function startIn(runs: readonly Run[], at: number): number {
  const run = runAt(runs, at)
  return run === null ? 0 : run.raw + (run.escape === null ? at - run.at : 0)
}

/** Behind the character that stands at this place of the text. */
function endIn(runs: readonly Run[], at: number): number {
  const run = runAt(runs, at)
  return run === null ? 0 : run.raw + (run.escape ?? at - run.at + 1)
}

/** The last run that begins there or before. */
function runAt(runs: readonly Run[], at: number): Run | null {
  let low = 0
  let high = runs.length - 1
  while (low < high) {
    const middle = Math.ceil((low + high) / 2)
    if ((runs[middle]?.at ?? 0) <= at) low = middle
    else high = middle - 1
  }
  return runs[low] ?? null
}
