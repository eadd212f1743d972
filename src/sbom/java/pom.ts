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
  for (const part of parts(text)) {
    if (part.kind === 'text') {
      const top = open.at(-1)
      if (top !== undefined && top.text.length < LONGEST_VALUE) top.text += part.text
      continue
    }
    const name = part.text.split(/[\s/]/, 1)[0] ?? ''
    if (part.text.startsWith('/')) {
      const path = open.map((element) => element.name).join('/')
      const ended = open.pop()
      if (ended !== undefined) yield { path, value: unescaped(ended.text.trim()) }
    } else if (name !== '' && !part.text.endsWith('/')) {
      if (open.length >= MAX_DEPTH) return
      open.push({ name, text: '' })
    }
  }
}

/** The beginnings of texts and of what stands in angle brackets; comments and instructions are left out. */
function* parts(text: string): Generator<{ kind: 'text' | 'tag'; text: string }> {
  const begun = (from: number, to: number): string =>
    text.slice(from, Math.min(to, from + LONGEST_VALUE))
  let at = 0
  while (at < text.length) {
    const bracket = text.indexOf('<', at)
    const start = bracket === -1 ? text.length : bracket
    yield { kind: 'text', text: begun(at, start) }
    const [beginning, ending] =
      BRACKETS.find(([beginning]) => text.startsWith(beginning, start)) ?? TAG
    const inside = start + beginning.length
    const found = text.indexOf(ending, inside)
    const end = found === -1 ? text.length : found
    if (beginning === CDATA[0]) yield { kind: 'text', text: begun(inside, end) }
    // The end of a longer tag says whether an element follows.
    else if (beginning === TAG[0]) {
      const isClosed = text[end - 1] === '/'
      yield { kind: 'tag', text: begun(inside, end) + (isClosed ? '/' : '') }
    }
    at = end + ending.length
  }
}

const TAG = ['<', '>'] as const
const CDATA = ['<![CDATA[', ']]>'] as const
const BRACKETS = [['<!--', '-->'], CDATA, ['<!', '>'], ['<?', '?>']] as const

const ENTITIES: Readonly<Record<string, string>> = {
  amp: '&',
  lt: '<',
  gt: '>',
  quot: '"',
  apos: "'",
}

const unescaped = (text: string): string =>
  text.replaceAll(/&(amp|lt|gt|quot|apos);/g, (entity, name: string) => ENTITIES[name] ?? entity)
