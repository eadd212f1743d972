import type { Place, SourceFile } from './place.ts'
import { part, placeOf, stripped, type Spelled } from './spelled.ts'

/** One assignment of a unit file: `MemoryMax=512M`. */
export interface Setting {
  section: string
  key: string
  keyPlace: Place
  /** Continued lines are one; an empty one takes back what stood before it. */
  value: Spelled
}

/** systemd refuses longer lines (basic/def.h, LONG_LINE_MAX), and with them the file. */
const MAX_LINE = 1024 * 1024
const MAX_SETTINGS = 20_000

/** The assignments of a file in the syntax of systemd.syntax(7), in their order. */
export function settingsOf(file: SourceFile): Setting[] {
  const found: Setting[] = []
  let section = ''
  for (const line of linesOf(file)) {
    if (found.length >= MAX_SETTINGS) break
    const text = stripped(line)
    const header = /^\[([^\]]*)\]$/.exec(text.text)?.[1]
    const equals = text.text.indexOf('=')
    if (header !== undefined) section = header
    else if (equals !== -1) {
      const key = stripped(part(text, 0, equals))
      const value = stripped(part(text, equals + 1))
      found.push({ section, key: key.text, keyPlace: placeOf(key), value })
    }
  }
  return found
}

/** Lines with those that continue them (shared/conf-parser.c, config_parse): comments between them are no part of them. */
function* linesOf(file: SourceFile): Generator<Spelled> {
  const { text } = file
  let pieces: string[] = []
  let offsets: number[] = []
  let start = text.startsWith('\uFEFF') ? 1 : 0
  while (start < text.length) {
    const newline = text.indexOf('\n', start)
    const end = newline === -1 ? text.length : newline
    const line = text.slice(start, text[end - 1] === '\r' ? end - 1 : end)
    if (offsets.length + line.length > MAX_LINE) return
    if (!/^[ \t]*[#;]/.test(line)) {
      const isContinued = /(?:^|[^\\])(?:\\\\)*\\$/.test(line)
      pieces.push(isContinued ? `${line.slice(0, -1)} ` : line)
      for (let at = 0; at < line.length; at++) offsets.push(start + at)
      if (!isContinued) {
        yield { file, text: pieces.join(''), offsets, at: start }
        pieces = []
        offsets = []
      }
    }
    start = end + 1
  }
  if (pieces.length > 0) yield { file, text: pieces.join(''), offsets, at: text.length }
}
