import { Composer, isAlias, isMap, isScalar, isSeq, Parser } from 'yaml'
import type { Alias, CST, Document, Node, Scalar as YamlScalar, YAMLMap, YAMLSeq } from 'yaml'
import type { Place, SourceFile } from './place.ts'
import { readPlainYaml } from './plain-yaml.ts'
import { relaxedYaml } from './relaxed-yaml.ts'
import type { Problem } from './problem.ts'
import type { Entry, Mapping, Value } from './value.ts'

/** Deeper than any manifest; recursion ends here. */
const MAX_DEPTH = 100
/** Of one document. YAML that is not written plainly is read at about two MiB a second. */
export const MAX_DOCUMENT_CHARACTERS = 4 * 1024 * 1024

/** Of one document: a chain of merge keys copies its entries again and again. */
const MAX_MERGED = 100_000

type Reading = { ok: true; values: readonly Value[] } | { ok: false; problem: Problem }

/**
 * Reads a stretch of a file as YAML, of which JSON is a part. An alias is the same object as what it stands for, so that
 * nothing a file says can make it larger than it is.
 */
export function readYaml(stretch: Place): Reading {
  if (stretch.end - stretch.start > MAX_DOCUMENT_CHARACTERS) {
    return refused(stretch, 'this document is larger than 4 MiB', 'split it with lines of ---')
  }
  const plain = readPlainYaml(stretch)
  return plain === null ? readAnyYaml(stretch) : { ok: true, values: [plain] }
}

/** The same for all that YAML can say, and for what is wrong with it. */
export function readAnyYaml(stretch: Place): Reading {
  const text = stretch.file.text.slice(stretch.start, stretch.end)
  const strict = readText(text, stretch)
  const relaxed = strict.ok ? null : relaxedYaml(text)
  return relaxed === null || relaxed === text ? strict : readText(relaxed, stretch)
}

function readText(text: string, stretch: Place): Reading {
  try {
    const values: Value[] = []
    // A check for repeated keys takes time that grows with the square of their number; ours does not.
    const composer = new Composer({ uniqueKeys: false, logLevel: 'silent' })
    for (const document of composer.compose(wellFormed(text, stretch))) {
      const value = valueOf(document, stretch)
      if (value !== null) values.push(value)
    }
    return { ok: true, values }
  } catch (error) {
    if (error instanceof Broken) return { ok: false, problem: error.problem }
    // Nesting that is deeper than the stack.
    if (error instanceof RangeError) return refused(stretch, 'it is nested too deep', 'flatten it')
    throw error
  }
}

class Broken extends Error {
  readonly problem: Problem

  constructor(problem: Problem) {
    super(problem.what)
    this.problem = problem
  }
}

/** A parser that goes on after each of many errors takes minutes. */
function* wellFormed(text: string, { file, start }: Place): Generator<CST.Token> {
  for (const token of new Parser().parse(text)) {
    if (token.type === 'error') throw broken(file, start + token.offset, token.message)
    yield token
  }
}

function valueOf(document: Document.Parsed, { file, start }: Place): Value | null {
  const [error] = document.errors
  // The library catches an overflow of the stack itself.
  if (error?.message.includes('call stack') === true) throw new RangeError(error.message)
  if (error !== undefined) throw broken(file, start + error.pos[0], error.message)
  if (document.contents === null) return null
  return new Conversion(file, start).value(document.contents, 0)
}

function broken(file: SourceFile, offset: number, message: string): Broken {
  const what = `it is no YAML: ${message.replace(/\s+/g, ' ').trim().replace(/[.:]$/, '')}`
  return new Broken({ at: pointAt(file, offset), what, todo: 'correct it, and check it again' })
}

function pointAt(file: SourceFile, offset: number): Place {
  const start = Math.min(offset, Math.max(file.text.length - 1, 0))
  return { file, start, end: start + 1 }
}

function refused(at: Place, what: string, todo: string): Reading {
  return { ok: false, problem: { at: pointAt(at.file, at.start), what, todo } }
}

/** From the library's nodes to values. */
class Conversion {
  readonly #file: SourceFile
  readonly #offset: number
  /** Aliases come after what they name, so one pass in the order of the text knows them all. */
  readonly #anchors = new Map<string, Value>()
  #merged = 0

  constructor(file: SourceFile, offset: number) {
    this.#file = file
    this.#offset = offset
  }

  value(node: unknown, depth: number): Value {
    if (isAlias(node)) return this.#aliased(node)
    const value = this.#plain(node, depth)
    const isAnchored = isScalar(node) || isMap(node) || isSeq(node)
    if (isAnchored && node.anchor !== undefined) this.#anchors.set(node.anchor, value)
    return value
  }

  #plain(node: unknown, depth: number): Value {
    if (depth > MAX_DEPTH) throw new RangeError('nested too deep')
    if (isMap(node)) return this.#mapping(node, depth)
    if (isSeq(node)) {
      const items = node.items.map((item) => this.value(item, depth + 1))
      return { kind: 'sequence', items, place: this.#reach(node, node.items.at(-1), items.at(-1)) }
    }
    if (isScalar(node)) return this.#scalar(node)
    return { kind: 'scalar', value: null, text: '', place: pointAt(this.#file, this.#offset) }
  }

  #scalar(node: YamlScalar): Value {
    const { value } = node
    const isPlain = typeof value === 'number' || typeof value === 'boolean'
    const text = typeof value === 'string' ? value : value === null ? '' : (node.source ?? '')
    const kept = typeof value === 'string' || isPlain || value === null ? value : text
    return { kind: 'scalar', value: kept, text, place: this.#place(node) }
  }

  #aliased(alias: Alias): Value {
    const value = this.#anchors.get(alias.source)
    if (value !== undefined) return value
    const place = this.#place(alias)
    throw broken(this.#file, place.start, `*${alias.source} stands for nothing that came before it`)
  }

  #mapping(node: YAMLMap, depth: number): Mapping {
    const own = new Map<string, Entry>()
    const merged = new Map<string, Entry>()
    const { start } = this.#place(node)
    let last: Value | undefined
    for (const pair of node.items) {
      if (!isScalar(pair.key)) throw broken(this.#file, start, 'a key is not a text')
      const name = pair.key.source ?? String(pair.key.value)
      const key = this.#place(pair.key)
      const found = this.value(pair.value, depth + 1)
      const value = isNothing(found) ? { ...found, place: key } : found
      last = value
      if (name === '<<') merge(value, merged)
      else if (own.has(name)) throw broken(this.#file, key.start, `the key ${name} stands twice`)
      else own.set(name, { key, value })
    }
    const place = this.#reach(node, node.items.at(-1)?.value, last)
    this.#merged += merged.size
    if (this.#merged > MAX_MERGED) {
      throw broken(this.#file, start, 'its merge keys make it many times as large')
    }
    for (const [name, entry] of merged) if (!own.has(name)) own.set(name, entry)
    return { kind: 'mapping', entries: own, place }
  }

  /** What has no brackets reaches to the end of the last that stands in it. */
  #reach(node: YAMLMap | YAMLSeq, last: unknown, value: Value | undefined): Place {
    const place = this.#place(node)
    if (node.flow === true || value === undefined) return place
    return { ...place, end: (isAlias(last) ? this.#place(last) : value.place).end }
  }

  #place(node: Node): Place {
    const [start, end] = node.range ?? [0, 0]
    return { file: this.#file, start: this.#offset + start, end: this.#offset + end }
  }
}

/** What has no value stands where its key does. */
function isNothing(value: Value): boolean {
  return value.kind === 'scalar' && value.value === null
}

/** The first of several merged mappings wins (yaml.org/type/merge.html). */
function merge(value: Value, into: Map<string, Entry>): void {
  const mappings = value.kind === 'sequence' ? value.items : [value]
  for (const mapping of mappings) {
    if (mapping.kind !== 'mapping') continue
    for (const [name, entry] of mapping.entries) if (!into.has(name)) into.set(name, entry)
  }
}
