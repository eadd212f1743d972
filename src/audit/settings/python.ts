import type { Excerpt } from '../documents/excerpt.ts'
import { type Line, linesOf, partOf } from '../documents/lines.ts'
import type { Word } from '../workload.ts'

/** What a configuration in Python sets a name to. */
export interface PythonSetting {
  /** The expression as it is written, at its place; null where the name is set in another way as well. */
  expression: Word | null
  /** Of a number or a text that stands there itself. */
  literal: string | null
}

const ASSIGNMENT = /^([A-Za-z_]\w*)[ \t]*(?::[ \t]*[\w.]+[ \t]*)?=(?!=)[ \t]*(\S.*)$/
/** A name that is set within a block, or once more from what it was. */
const OTHERWISE = /^(?:\s+([A-Za-z_]\w*)[ \t]*=(?!=)|([A-Za-z_]\w*)[ \t]*(?:[-+*/%|&]|\/\/|\*\*)=)/
/** What may set any name. */
const ANY = /^\s*from\s+\S+\s+import\s+\*|\b(?:exec|eval|globals|locals|setattr|vars)\s*\(/
const LITERAL = /^(?:(\d{1,9})|"([^"\\]*)"|'([^'\\]*)')$/

/** The names that a module sets at its top. Nothing is run: only what stands there by itself is known. */
export function pythonSettings(excerpt: Excerpt): ReadonlyMap<string, PythonSetting> {
  const settings = new Map<string, PythonSetting>()
  let quotes: string | null = null
  let depth = 0
  for (const line of linesOf(excerpt)) {
    const isInside: boolean = quotes !== null || depth > 0
    quotes = quotesBehind(line.text, quotes)
    const code = codeOf(line.text)
    if (isInside) {
      if (quotes === null) depth = Math.max(0, depth + depthOf(code))
      continue
    }
    if (ANY.test(code)) return new Map()
    depth = Math.max(0, depthOf(code))
    const other = OTHERWISE.exec(code)
    const name = other?.[1] ?? other?.[2]
    if (name !== undefined) settings.set(name, { expression: null, literal: null })
    else setFrom(line, code, depth > 0 || quotes !== null, settings)
  }
  return settings
}

function setFrom(
  line: Line,
  code: string,
  goesOn: boolean,
  settings: Map<string, PythonSetting>,
): void {
  const [whole, name, text] = ASSIGNMENT.exec(code) ?? []
  if (whole === undefined || name === undefined || text === undefined) return
  const isWhole = !goesOn && !text.endsWith('\\') && settings.get(name)?.expression !== null
  if (!isWhole) {
    settings.set(name, { expression: null, literal: null })
    return
  }
  const [, number, double, single] = LITERAL.exec(text) ?? []
  settings.set(name, {
    expression: partOf(line, whole.length - text.length, text),
    literal: number ?? double ?? single ?? null,
  })
}

/** The line without a comment. */
function codeOf(text: string): string {
  for (const match of text.matchAll(/"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'|#/g)) {
    if (match[0] === '#') return text.slice(0, match.index).trimEnd()
  }
  return text.trimEnd()
}

/** The quotes of a text of several lines that is still open behind a line. */
function quotesBehind(text: string, before: string | null): string | null {
  let open = before
  for (const [quotes] of text.matchAll(/"""|'''/g)) {
    if (open === null) open = quotes
    else if (open === quotes) open = null
  }
  return open
}

function depthOf(code: string): number {
  const bare = code.replace(/"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'/g, '')
  return (bare.match(/[([{]/g)?.length ?? 0) - (bare.match(/[)\]}]/g)?.length ?? 0)
}
