/**
 * Texts that Go's linker was told to set by `-X`, from the table of symbols: Go does not tell the linker's flags of
 * programs that were built with -trimpath (https://go.dev/issue/63432).
 */
import { viewAt } from '../random-file.ts'
import { Fields, readAt, sectionOf, type Part, type Program } from './program.ts'

/** The text of the variable `main.version` is the symbol `main.version.str`. */
const SUFFIX = '.str\0'
const LONGEST_NAME = 300
const LONGEST_VALUE = 200
const MAX_NAMES = 50
const MAX_TABLE_BYTES = 64 * 1024 * 1024
const WINDOW_BYTES = 256 * 1024

/** Variables whose own names match; none in a stripped program. */
export function* goVariables(program: Program, named: RegExp): Generator<[string, string]> {
  const symbols = sectionOf(program, '.symtab')
  const texts = sectionOf(program, '.strtab')
  if (symbols === null || texts === null) return
  const names = namesIn(program, texts, named)
  if (names.size > 0) yield* valuesOf(program, symbols, names)
}

/** By their place in the table of names. */
function namesIn(program: Program, texts: Part, named: RegExp): Map<number, string> {
  const names = new Map<number, string>()
  const size = Math.min(texts.bytes, MAX_TABLE_BYTES)
  for (let from = 0; from < size; from += WINDOW_BYTES - LONGEST_NAME) {
    const window = viewAt(program.file, texts.at + from, Math.min(WINDOW_BYTES, size - from))
    let end = window.indexOf(SUFFIX)
    for (; end !== -1; end = window.indexOf(SUFFIX, end + 1)) {
      const start = window.lastIndexOf(0, end) + 1
      const name = window.toString('latin1', start, end)
      const isWhole = start > 0 && name.length <= LONGEST_NAME - SUFFIX.length
      if (!isWhole || !named.test(name.slice(name.lastIndexOf('.') + 1))) continue
      names.set(from + start, name)
      if (names.size >= MAX_NAMES) return names
    }
  }
  return names
}

function* valuesOf(
  program: Program,
  symbols: Part,
  names: ReadonlyMap<number, string>,
): Generator<[string, string]> {
  const { isLarge, isBig, file } = program
  const layout = isLarge ? { bytes: 24, address: 8, size: 16 } : { bytes: 16, address: 4, size: 8 }
  const size = Math.min(symbols.bytes, MAX_TABLE_BYTES)
  const windowBytes = layout.bytes * 4096
  for (let from = 0; from < size; from += windowBytes) {
    const window = viewAt(file, symbols.at + from, Math.min(windowBytes, size - from))
    const places: number[] = []
    for (let at = 0; at + layout.bytes <= window.length; at += layout.bytes) {
      const nameAt = isBig ? window.readUInt32BE(at) : window.readUInt32LE(at)
      if (names.has(nameAt)) places.push(symbols.at + from + at)
    }
    for (const place of places.slice(0, MAX_NAMES)) {
      const symbol = new Fields(file, place, layout.bytes, isBig)
      const length = Math.min(symbol.word(layout.size, isLarge), LONGEST_VALUE)
      const value = readAt(program, symbol.word(layout.address, isLarge), length)
      yield [names.get(symbol.u32(0)) ?? '', value.toString('latin1').replaceAll('\0', '')]
    }
  }
}
