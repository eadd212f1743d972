import { linesOf } from '../../../parsers/lines.ts'
import { answerText } from '../runtime.ts'
import type { RuntimeContext } from '../runtime.ts'

/** What the linker wrote into a program of Go. */
export interface GoBuild {
  /** `Go 1.26.1`; before Go 1.18 that stands elsewhere, and it is null. */
  version: string | null
  /** Paths of the modules it is built of; empty where that is not known. */
  modules: ReadonlySet<string>
  /** CGO_ENABLED=1: it may hold C code. Null: not known. */
  cgo: boolean | null
}

export const GO_MARK = '\u00ff Go buildinf:'

/** Flags behind the mark and the size of a pointer: the strings follow in place, and not by address. */
const INLINE = 2
const HEADER_CHARS = 32
const MAX_MODULES = 10_000

/**
 * The build information of Go 1.18 and later.
 *
 * @returns null where the program has none
 * @see Go src/debug/buildinfo/buildinfo.go
 */
export function goBuild(context: RuntimeContext): GoBuild | null {
  const text = answerText(context, 'build')
  if (text === null || !text.startsWith(GO_MARK)) return null
  const unknown = { version: null, modules: new Set<string>(), cgo: null }
  if ((text.charCodeAt(GO_MARK.length + 1) & INLINE) === 0) return unknown
  const version = stringAt(text, HEADER_CHARS)
  if (version === null) return unknown
  const settings = stringAt(text, version.end)
  const number = /^go(\d[\w.]{0,40})/.exec(version.text)?.[1]
  return {
    ...settingsOf(settings?.text ?? ''),
    version: number === undefined ? 'Go (development version)' : `Go ${number}`,
  }
}

/** A length as a varint, seven bits in a byte, and so many bytes. */
function stringAt(text: string, start: number): { text: string; end: number } | null {
  let length = 0
  for (let at = start, shift = 0; shift < 28; at++, shift += 7) {
    const byte = text.charCodeAt(at)
    if (Number.isNaN(byte)) return null
    length |= (byte & 0x7f) << shift
    if (byte < 0x80) {
      const end = at + 1 + length
      return { text: text.slice(at + 1, end), end }
    }
  }
  return null
}

/** Lines of words with tabs between them: `dep⇥path⇥version⇥sum`, `build⇥CGO_ENABLED=1`. */
function settingsOf(text: string): Pick<GoBuild, 'modules' | 'cgo'> {
  const modules = new Set<string>()
  let cgo: boolean | null = null
  for (const { text: line } of linesOf(text)) {
    const [word, value = ''] = line.split('\t', 2)
    if (word === 'dep' && modules.size < MAX_MODULES) modules.add(value)
    if (word === 'build' && value.startsWith('CGO_ENABLED=')) cgo = value.endsWith('1')
  }
  return { modules, cgo }
}
