/** JSON Schemas of all documents that the program prints, made from its types. */
import type { Checker } from 'typescript/unstable/sync'
import { documentsMade, type Made } from './made.ts'
import { mayBeLeftOut, SchemaWriter, schemaFile, type JsonSchema } from './json-schema.ts'
import { withSources } from './program.ts'

/** What stella keeps for itself, or reads alone: records of its own, what one stella sends another, and evidence. */
export const KEPT: ReadonlySet<string> = new Set([
  'stella.cluster/1',
  'stella.counts/1',
  'stella.delivery/1',
  'stella.journal/1',
  'stella.lab-state/1',
  'stella.labs-progress/1',
  'stella.machine/1',
  'stella.prevention/1',
  'stella.recording/1',
  'stella.scanner-counts/1',
  'stella.world/1',
])

export interface DocumentSchema extends JsonSchema {
  $schema: string
  $id: string
  title: string
  $defs?: Record<string, JsonSchema>
}

/** Asking the compiler takes seconds, and the answer is always the same. */
let made: DocumentSchema[] | null = null

/** In the order of their names. */
export function documentSchemas(): readonly DocumentSchema[] {
  made ??= makeSchemas()
  return made
}

/** The files of the schemas, with their paths in the repository. */
export function schemaFiles(): ReadonlyMap<string, string> {
  return new Map(
    documentSchemas().map((schema) => [
      `${FOLDER}/${schema.$id}`,
      `${JSON.stringify(schema, null, 2)}\n`,
    ]),
  )
}

const FOLDER = 'docs/reference/schemas'

function makeSchemas(): DocumentSchema[] {
  return withSources((sources) => {
    const places = documentsMade(sources).filter(({ name }) => !KEPT.has(name))
    return [...Map.groupBy(places, ({ name }) => name)]
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, all]) => schemaOf(name, all, sources.checker))
  })
}

function schemaOf(name: string, places: readonly Made[], checker: Checker): DocumentSchema {
  const writer = new SchemaWriter(checker)
  const forms = distinct(places, checker).map(({ type, about }) => ({
    ...writer.document(name, type),
    about: about.replaceAll(/\s+/g, ' '),
  }))
  const [first, ...others] = forms
  if (first === undefined) throw new Error(`${name}: nothing makes it`)
  const { about, ...form } = first
  const described = forms.map(({ about: description, ...each }) => ({ description, ...each }))
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    $id: schemaFile(name),
    title: name,
    ...(others.length === 0 ? { description: about, ...form } : { anyOf: described }),
    ...(writer.definitions.size === 0 ? {} : { $defs: Object.fromEntries(writer.definitions) }),
  }
}

/** Forms of one document: what the API says of it, and those that it does not cover. */
function distinct(places: readonly Made[], checker: Checker): Made[] {
  const kept: { place: Made; fields: Fields }[] = []
  const all = places.map((place) => ({ place, fields: fieldsOf(place, checker) }))
  const contractFirst = all.toSorted(
    (a, b) =>
      Number(b.place.isContract) - Number(a.place.isContract) ||
      b.fields.all.size - a.fields.all.size,
  )
  for (const form of contractFirst) {
    if (!kept.some(({ fields }) => covers(fields, form.fields))) kept.push(form)
  }
  return kept.map(({ place }) => place)
}

interface Fields {
  all: ReadonlySet<string>
  required: ReadonlySet<string>
}

/** What has the fields of the other is of the form of the one. */
function covers(one: Fields, other: Fields): boolean {
  return (
    [...other.all].every((field) => one.all.has(field)) &&
    [...one.required].every((field) => other.all.has(field))
  )
}

function fieldsOf({ type }: Made, checker: Checker): Fields {
  const symbols = checker.getPropertiesOfType(type)
  const required = symbols.filter((symbol) => {
    const field = checker.getTypeOfSymbol(symbol)
    return field !== undefined && symbol.name !== 'schema' && !mayBeLeftOut(symbol, field)
  })
  return {
    all: new Set(symbols.map(({ name }) => name)),
    required: new Set(required.map(({ name }) => name)),
  }
}
