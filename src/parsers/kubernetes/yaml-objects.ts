import { Composer, Parser } from 'yaml'
import type { CST } from 'yaml'
import { kindPattern, TELLING_KINDS } from './kinds.ts'

/** YAML is read at about half a MiB a second; what comes after this many characters is left out. */
const MAX_CHARS = 4 * 1024 * 1024
/** A document is read as a whole up to this size. Larger ones are lists, whose items are read one by one. */
const MAX_UNIT_CHARS = 256 * 1024
const KIND = new RegExp(
  String.raw`^(?:- |  )?["']?kind["']?: *["']?${kindPattern(TELLING_KINDS)}["']?\s*$`,
  'm',
)

/** The documents and list items of a YAML text whose kind tells something. What is no YAML is left out. */
export function readYaml(text: string): unknown[] {
  const values: unknown[] = []
  for (const document of text.slice(0, MAX_CHARS).split(/^---(?=\s).*$/m)) {
    const units = document.length <= MAX_UNIT_CHARS ? [document] : itemsOf(document)
    for (const unit of units) {
      const value = KIND.test(unit) ? parseUnit(unit) : null
      if (value !== null) values.push(value)
    }
  }
  return values
}

/** kubectl writes the items of a list without indentation. */
function itemsOf(list: string): string[] {
  const [, ...items] = list.split(/^- /m)
  return items
    .map((item) => `  ${item.split(/^(?=[^\s#-])/m)[0] ?? ''}`)
    .filter((item) => item.length <= MAX_UNIT_CHARS)
}

function parseUnit(unit: string): unknown {
  try {
    // A check for repeated keys takes time that grows with the square of their number.
    for (const document of new Composer({ uniqueKeys: false }).compose(wellFormed(unit)))
      return document.errors.length === 0 ? document.toJS() : null
  } catch {
    // No YAML, or aliases that would blow it up.
  }
  return null
}

/** Garbage is mostly errors, and a parser that goes on after each of them takes minutes. */
function* wellFormed(unit: string): Generator<CST.Token> {
  for (const token of new Parser().parse(unit)) {
    if (token.type === 'error') throw new SyntaxError('not YAML')
    yield token
  }
}
