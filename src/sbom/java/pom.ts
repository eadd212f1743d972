/** The little that is asked of a pom.xml: what it describes, and under which licences. */
import { known, type Coordinates } from './coordinates.ts'

const MAX_DEPTH = 32
const MAX_LICENCES = 10
const MAX_VALUES = 1000
const LONGEST_VALUE = 256
const LICENCE = 'project/licenses/license'

export interface Pom extends Coordinates {
  licences: string[]
}

/** A comment, CDATA, an instruction, or a tag. */
const MARKUP =
  /<!--[\s\S]*?(?:-->|$)|<!\[CDATA\[([\s\S]*?)(?:\]\]>|$)|<[?!][^>]*>|<(\/?)([^\s/<>]+)[^<>]*>/g

export function parsePom(text: string): Pom {
  const values = new Map<string, string>()
  const licences = new Set<string>()
  let url: string | null = null
  let name: string | null = null
  for (const { path, value } of elements(text)) {
    if (path === `${LICENCE}/name`) name = known(value)
    else if (path === `${LICENCE}/url`) url = known(value)
    else if (path === LICENCE) {
      const licence = name ?? url
      if (licence !== null && licences.size < MAX_LICENCES) licences.add(licence)
      name = null
      url = null
    } else if (values.size < MAX_VALUES && !values.has(path)) values.set(path, value)
  }
  const of = (element: string): string | null => filledIn(values.get(`project/${element}`), values)
  return {
    group: of('groupId') ?? of('parent/groupId'),
    artifact: of('artifactId'),
    version: of('version') ?? of('parent/version'),
    licences: [...licences],
  }
}

/** Properties that refer to another are not followed further: such versions are rare, and may go in circles. */
function filledIn(value: string | undefined, values: ReadonlyMap<string, string>): string | null {
  const filled = value?.replaceAll(/\$\{([^}]*)\}/g, (reference, property: string) => {
    const own = /^(?:project|pom)\.(.+)$/.exec(property)?.[1]?.replaceAll('.', '/')
    const path = own === undefined ? `project/properties/${property}` : `project/${own}`
    return values.get(path) ?? (own && values.get(`project/parent/${own}`)) ?? reference
  })
  return known(filled)
}

/** Each element when it ends, with its path from the root and its own text. */
function* elements(text: string): Generator<{ path: string; value: string }> {
  const open: { name: string; text: string }[] = []
  let at = 0
  for (const match of text.matchAll(MARKUP)) {
    const top = open.at(-1)
    if (top !== undefined && top.text.length < LONGEST_VALUE) {
      top.text += text.slice(at, Math.min(match.index, at + LONGEST_VALUE)) + (match[1] ?? '')
    }
    at = match.index + match[0].length
    const name = match[3]
    if (name === undefined) continue
    if (match[2] === '/') {
      const path = open.map((element) => element.name).join('/')
      const ended = open.pop()
      if (ended !== undefined) yield { path, value: unescaped(ended.text.trim()) }
    } else if (!match[0].endsWith('/>')) {
      if (open.length >= MAX_DEPTH) return
      open.push({ name, text: '' })
    }
  }
}

const ENTITIES: Readonly<Record<string, string>> = {
  amp: '&',
  lt: '<',
  gt: '>',
  quot: '"',
  apos: "'",
}

const unescaped = (text: string): string =>
  text.replaceAll(/&(amp|lt|gt|quot|apos);/g, (entity, name: string) => ENTITIES[name] ?? entity)
