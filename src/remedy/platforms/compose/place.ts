import { isAlias, isMap, isScalar, type Alias, type Node, type Pair, type YAMLMap } from 'yaml'
import { isRecord } from '../../../parsers/json-fields.ts'
import type { Splice } from '../../text-edit/splice.ts'
import { ownPair } from './document.ts'

/** Where a value goes, and why it could not simply take the place of the old one. */
export interface Placement {
  splice: Splice
  /** For people; null where the old value stood here and nowhere else. */
  note: string | null
}

/**
 * The one replacement after which `path` below the pair's value holds `value`, for this pair alone: an alias, or what a merge
 * key brings, stays as it is for the others and is overridden here.
 *
 * @param data what the pair's value means, aliases resolved
 * @param value as it is written in YAML
 */
export function placeValue(
  text: string,
  pair: Pair<Node, Node | null>,
  data: unknown,
  path: readonly string[],
  value: string,
): Placement | null {
  const node = pair.value
  const [key, ...rest] = path
  if (key === undefined) return replaceScalar(text, node, value)
  if (isAlias(node)) return overrideAlias(text, node, entry(data, path, value))
  if (isMap(node)) {
    const own = ownPair(node, key)
    const inner = isRecord(data) ? data[key] : undefined
    if (own !== null) return placeValue(text, own, inner, rest, value)
    const note =
      inner === undefined ? null : `${key} comes from a merge key; it is overridden here alone`
    return insertEntry(text, node, entry(data, path, value), note)
  }
  return isEmpty(node) ? fillEmpty(text, node, `{ ${entry(data, path, value)} }`) : null
}

function replaceScalar(text: string, node: Node | null, value: string): Placement | null {
  if (isAlias(node)) {
    return placed(text, node, value, `*${node.source} is replaced here alone`)
  }
  if (isEmpty(node)) return fillEmpty(text, node, value)
  if (!isScalar(node)) return null
  const quotes = { QUOTE_DOUBLE: '"', QUOTE_SINGLE: "'" }
  const quote =
    node.type === 'QUOTE_DOUBLE' || node.type === 'QUOTE_SINGLE' ? quotes[node.type] : ''
  return placed(text, node, `${quote}${value}${quote}`, null)
}

function overrideAlias(text: string, node: Alias, inside: string): Placement | null {
  const note = `*${node.source} is shared; it is overridden here alone`
  return placed(text, node, `{ <<: *${node.source}, ${inside} }`, note)
}

function placed(text: string, node: Node, inserted: string, note: string | null): Placement | null {
  if (!node.range) return null
  const [start, end] = node.range
  const removed = text.slice(start, end)
  // A block scalar reaches over the end of its line.
  const lineEnd = /\r?\n$/.exec(removed)?.[0] ?? ''
  return { splice: { at: start, removed, inserted: inserted + lineEnd }, note }
}

function isEmpty(node: Node | null): boolean {
  return node === null || (isScalar(node) && node.value === null && node.source === '')
}

/** `deploy:` with nothing behind it, or with a comment. */
function fillEmpty(text: string, node: Node | null, inserted: string): Placement | null {
  if (!node?.range) return null
  const at = node.range[0]
  const before = /\s/.test(text.charAt(at - 1)) ? '' : ' '
  const after = text.charAt(at) === '#' ? ' ' : ''
  return { splice: { at, removed: '', inserted: `${before}${inserted}${after}` }, note: null }
}

/** As the first entry: its place and its indentation are known there, whatever comments and line ends follow. */
function insertEntry(
  text: string,
  map: YAMLMap,
  inside: string,
  note: string | null,
): Placement | null {
  if (!map.range) return null
  const [start] = map.range
  const first = map.items[0]?.key
  const isFlow = map.flow === true
  if (first === undefined) {
    const at = start + 1
    return isFlow ? { splice: { at, removed: '', inserted: inside }, note } : null
  }
  const at = isRange(first) ? first.range[0] : start
  if (isFlow) return { splice: { at, removed: '', inserted: `${inside}, ` }, note }
  const indent = text.slice(text.lastIndexOf('\n', at - 1) + 1, at)
  const lineEnd = text.includes('\r\n') ? '\r\n' : '\n'
  return /^ *$/.test(indent)
    ? { splice: { at, removed: '', inserted: `${inside}${lineEnd}${indent}` }, note }
    : null
}

function isRange(value: unknown): value is { range: readonly [number, number, number] } {
  return isRecord(value) && Array.isArray(value['range'])
}

/** `key: value`, or where the path leads deeper, what the key means now with the value put into it. */
function entry(data: unknown, path: readonly string[], value: string): string {
  const [key = '', ...rest] = path
  const now = isRecord(data) ? data[key] : undefined
  return `${yamlKey(key)}: ${rest.length === 0 ? value : withValue(now, rest, value)}`
}

function withValue(data: unknown, path: readonly string[], value: string): string {
  const others = isRecord(data) ? Object.entries(data).filter(([key]) => key !== path[0]) : []
  const kept = others.map(([key, other]) => `${yamlKey(key)}: ${JSON.stringify(other)}`)
  return `{ ${[...kept, entry(data, path, value)].join(', ')} }`
}

function yamlKey(key: string): string {
  return /^[A-Za-z_][\w-]*$/.test(key) && !/^(?:true|false|null)$/i.test(key)
    ? key
    : JSON.stringify(key)
}
