/** Reads YAML that people write by hand: whatever is wrong is told with its line, and with what may have been meant. */
import { isAlias, isMap, isScalar, isSeq, LineCounter, parseDocument } from 'yaml'
import type { Node } from 'yaml'
import { usageError } from '../../model/errors.ts'
import { meantWord } from '../../parsers/nearest-word.ts'
import { yamlComplaint } from '../../parsers/yaml-complaint.ts'

/** Of one value: more would let a small file grow without bounds. */
const MOST_ALIASES = 20

/** Null: nothing stands there. */
export type Held = Node | null

export interface YamlReader {
  root: Held
  /** Counted from 1. */
  lineOf(node: Held): number
  /** @throws StellaError (usage) always, with the line */
  wrong(node: Held, what: string, todo: string): never
  /** What stands under each key, if only these are there. */
  fields<Key extends string>(
    node: Held,
    what: string,
    known: readonly Key[],
  ): Partial<Record<Key, Held>>
  entries(node: Held, what: string): readonly { key: string; at: Held; value: Held }[]
  items(node: Held, what: string): readonly Held[]
  /** A word, a number, or yes and no, as they are written. */
  text(node: Held, what: string): string
  isTrue(node: Held, what: string): boolean
  oneOf<Value extends string>(node: Held, what: string, known: readonly Value[]): Value
  json(node: Held): string
}

/** @throws StellaError (usage) where it is no YAML; so do all that it gives, where something else stands there */
export function yamlReader(text: string, path: string): YamlReader {
  const lines = new LineCounter()
  const document = parseDocument(text, { lineCounter: lines, logLevel: 'silent' })
  const placeOf = (offset: number): string => `${path}:${lines.linePos(offset).line}`
  const [error] = document.errors
  if (error !== undefined) {
    throw usageError(yamlComplaint(error), placeOf(error.pos[0]), 'mend it there')
  }

  function offsetOf(node: Held): number {
    return node?.range?.[0] ?? 0
  }
  function resolved(node: Held): Held {
    return isAlias(node) ? (node.resolve(document) ?? null) : node
  }
  function wrong(node: Held, what: string, todo: string): never {
    throw usageError(what, placeOf(offsetOf(node)), todo)
  }
  function entries(node: Held, what: string): readonly { key: string; at: Held; value: Held }[] {
    if (!isMap<Node, Held>(node))
      return wrong(node, `${what} has to have names and values`, 'write it as name: value')
    return node.items.map(({ key, value }) => ({
      key: reader.text(key, `a name in ${what}`),
      at: key,
      value: resolved(value),
    }))
  }
  const reader: YamlReader = {
    root: document.contents,
    lineOf: (node) => lines.linePos(offsetOf(node)).line,
    wrong,
    entries,
    fields(node, what, known) {
      const found: Partial<Record<(typeof known)[number], Held>> = {}
      for (const { key, at, value } of entries(node, what)) {
        const name = known.find((each) => each === key)
        if (name === undefined) {
          const todo = meantWord(key, known, `use one of ${known.join(', ')}`)
          return wrong(at, `nobody knows '${key.slice(0, 60)}' in ${what}`, todo)
        }
        found[name] = value
      }
      return found
    },
    items(node, what) {
      if (!isSeq<Held>(node))
        return wrong(
          node,
          `${what} has to be a list`,
          'write it as [a, b], or with a - before each',
        )
      return node.items.map(resolved)
    },
    text(node, what) {
      if (!isScalar(node) || node.value === null)
        return wrong(node, `${what} has to be a text`, 'write it in quotes')
      return typeof node.value === 'string'
        ? node.value
        : (node.source ?? JSON.stringify(node.value))
    },
    isTrue(node, what) {
      if (isScalar(node) && typeof node.value === 'boolean') return node.value
      return wrong(node, `${what} is true or false`, 'write one of them')
    },
    oneOf(node, what, known) {
      const word = reader.text(node, what)
      const found = known.find((each) => each === word)
      if (found !== undefined) return found
      const todo = meantWord(word, known, `use one of ${known.join(', ')}`)
      return wrong(node, `'${word.slice(0, 60)}' is no ${what}`, todo)
    },
    json: (node) => JSON.stringify(node?.toJS(document, { maxAliasCount: MOST_ALIASES }) ?? null),
  }
  return reader
}
