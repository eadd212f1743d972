import type { DocumentSchema } from './documents/index.ts'
import { documentSchemas } from './documents/index.ts'
import type { JsonSchema } from './documents/json-schema.ts'
import { schemaFile } from './documents/json-schema.ts'

const HEAD = `# The JSON documents

This page is made from the types of the program: \`node scripts/docs.ts\` writes it, and a test fails when it has fallen behind.

What commands print with \`--json\` and what [the API](api.md) answers says under \`schema\` what it is. Each has a JSON Schema (draft 2020-12) in
\`docs/reference/schemas/\`, and the tests hold what commands really print against it, with no field more. What stands here stays; fields may
be added, so read over those that you do not know. [What verdicts and causes mean](case-json.md) has a page of its own.

Sizes are bytes, times are RFC 3339 in UTC, and shares are parts of 1. What is not known is \`null\`, never 0 and never a guess. A question
mark says that a field may be left out. Where \`--json\` streams, each line is one document.
`

/** All documents with their fields, and the parts that several of them have. */
export function documentsReference(): string {
  const schemas = documentSchemas()
  const parts = new Parts()
  const chapters = schemas.flatMap((schema) => chapter(schema, parts))
  return [
    HEAD,
    '| document | what it is |',
    '|---|---|',
    ...schemas.map(
      (schema) => `| [\`${schema.title}\`](#${slug(schema.title)}) | ${briefOf(schema)} |`,
    ),
    '',
    ...chapters,
    '## Parts',
    '',
    'What several documents hold, or a document in several places.',
    '',
    ...parts.chapters(),
  ].join('\n')
}

/** Named parts of all documents; those of one name that differ are numbered. */
class Parts {
  readonly #texts = new Map<string, { name: string; lines: string[] }>()
  readonly #names = new Set<string>()

  /** Gives the name of a part under which it stands on the page. */
  add(name: string, definition: JsonSchema, defs: DocumentSchema['$defs']): string {
    const key = JSON.stringify([name.replace(/\d+$/, ''), definition])
    const known = this.#texts.get(key)
    if (known !== undefined) return known.name
    let unique = name.replace(/\d+$/, '')
    for (let number = 2; this.#names.has(unique); number += 1) {
      unique = `${name.replace(/\d+$/, '')}${number}`
    }
    this.#names.add(unique)
    const lines: string[] = []
    this.#texts.set(key, { name: unique, lines })
    lines.push(...describe(definition, (ref) => this.link(ref, defs)))
    return unique
  }

  link(ref: string, defs: DocumentSchema['$defs']): string {
    const name = ref.replace('#/$defs/', '')
    const definition = defs?.[name]
    if (definition === undefined) {
      const document = ref.replace('-1.schema.json', '/1')
      return `[\`${document}\`](#${slug(document)})`
    }
    const shown = this.add(name, definition, defs)
    return `[${shown}](#${slug(shown)})`
  }

  chapters(): string[] {
    return [...this.#texts.values()]
      .toSorted((a, b) => (a.name < b.name ? -1 : 1))
      .flatMap(({ name, lines }) => [`### ${name}`, '', ...lines])
  }
}

type Link = (ref: string) => string

function chapter(schema: DocumentSchema, parts: Parts): string[] {
  const link: Link = (ref) => parts.link(ref, schema.$defs)
  const { anyOf: forms = [schema] } = schema
  return [
    `## \`${schema.title}\``,
    '',
    ...forms.flatMap((form) => [
      ...(form.description === undefined || form.description === '' ? [] : [form.description, '']),
      ...describe(form, link),
    ]),
    `[Its schema](schemas/${schemaFile(schema.title)})`,
    '',
  ]
}

/** Its fields as a table; in words what has none. */
function describe(schema: JsonSchema, link: Link): string[] {
  const rows = innerOf(schema).flatMap(([form]) => rowsOf(form, '', link))
  if (rows.length === 0) return [`${typeOf(schema, link)}.`, '']
  return ['| field | type | what it holds |', '|---|---|---|', ...rows, '']
}

/** A row for each field, and behind it those of what lies in it without a name. */
function rowsOf(
  { properties = {}, required = [] }: JsonSchema,
  path: string,
  link: Link,
): string[] {
  return Object.entries(properties)
    .filter(([name]) => name !== 'schema')
    .flatMap(([name, field]) => {
      const shown = `${path}${name}`
      const mark = required.includes(name) ? '' : '?'
      return [
        `| \`${shown}\`${mark} | ${typeOf(field, link)} | ${cell(field.description ?? '')} |`,
        ...innerOf(field).flatMap(([inner, suffix]) => rowsOf(inner, `${shown}${suffix}.`, link)),
      ]
    })
}

/** Objects that lie in a field, and how a path leads on to them. */
function innerOf(field: JsonSchema, suffix = ''): [schema: JsonSchema, suffix: string][] {
  const { properties, items, anyOf = [], additionalProperties } = field
  return [
    ...(properties === undefined ? [] : [[field, suffix] satisfies [JsonSchema, string]]),
    ...(items === undefined ? [] : innerOf(items, `${suffix}[]`)),
    ...(additionalProperties === undefined ? [] : innerOf(additionalProperties, `${suffix}.*`)),
    ...anyOf.flatMap((one) => innerOf(one, suffix)),
  ]
}

function typeOf(schema: JsonSchema, link: Link): string {
  const { $ref, anyOf, items, prefixItems, additionalProperties } = schema
  if ($ref !== undefined) return link($ref)
  if (schema.enum !== undefined) return schema.enum.map((value) => `\`${value}\``).join(', ')
  if (schema.const !== undefined) return `\`${schema.const}\``
  if (anyOf !== undefined) {
    return [...new Set(anyOf.map((one) => typeOf(one, link)))].join(' or ')
  }
  if (prefixItems !== undefined) {
    return `list: ${prefixItems.map((one) => typeOf(one, link)).join(', ')}`
  }
  if (items !== undefined) return `list of ${typeOf(items, link)}`
  if (additionalProperties !== undefined) {
    return `by name: ${typeOf(additionalProperties, link)}`
  }
  if (schema.format === 'date-time') return 'time'
  return WORDS[schema.type ?? ''] ?? 'anything'
}

const WORDS: Readonly<Record<string, string>> = {
  string: 'text',
  number: 'number',
  boolean: 'yes or no',
  null: 'null',
  object: 'object',
}

function briefOf({ description, anyOf = [] }: DocumentSchema): string {
  const about = description ?? anyOf[0]?.description ?? ''
  return cell(/^.*?[^.](?=[.;:](?: |$)|$)/.exec(about)?.[0] ?? '')
}

function cell(text: string): string {
  return text.replaceAll('|', String.raw`\|`)
}

function slug(name: string): string {
  return name.toLowerCase().replaceAll(/[^a-z0-9 -]/g, '')
}
