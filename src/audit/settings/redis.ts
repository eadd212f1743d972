import { fileAt } from '../documents/mounts.ts'
import { type Line, linesOf, unquotedPart } from '../documents/lines.ts'
import type { Excerpt } from '../documents/excerpt.ts'
import type { Container, Word } from '../workload.ts'

/** A directive of redis.conf, or an option of its command line, which is the same. */
export interface Directive {
  name: string
  values: readonly Word[]
}

const TOKEN = /"(?:\\.|[^"\\])*"|'[^']*'|\S+/g
/** Of one configuration: a file may include itself. */
const MAX_INCLUDES = 100

/** The directives of a configuration, those it includes in their place; null where one of these is not known. */
export function redisDirectives(container: Container, excerpt: Excerpt): Directive[] | null {
  return directivesIn(excerpt, { container, left: MAX_INCLUDES })
}

interface Including {
  container: Container
  /** How many files more are read. */
  left: number
}

function directivesIn(excerpt: Excerpt, including: Including): Directive[] | null {
  const found: Directive[] = []
  for (const directive of redisLines(excerpt)) {
    if (directive.name !== 'include') {
      found.push(directive)
      continue
    }
    const isRead = including.left-- > 0
    const included = isRead ? fileAt(including.container, textOf(directive)) : null
    const inner = included === null ? null : directivesIn(included, including)
    if (inner === null) return null
    found.push(...inner)
  }
  return found
}

/** The directives of a text by itself. */
export function redisLines(excerpt: Excerpt): Directive[] {
  return linesOf(excerpt).flatMap((line) => directiveOf(line) ?? [])
}

/** Comments have a line of their own (config.c, loadServerConfigFromString). */
function directiveOf(line: Line): Directive | null {
  if (/^\s*(?:#|$)/.test(line.text)) return null
  const words = [...line.text.matchAll(TOKEN)].map((match) =>
    unquotedPart(line, match.index, match[0]),
  )
  const [name, ...values] = words
  return name === undefined ? null : { name: name.text.toLowerCase(), values }
}

/** The options of a command line: `--save "" --maxmemory 300mb`. */
export function redisOptions(words: readonly Word[]): Directive[] {
  const found: { name: string; values: Word[] }[] = []
  for (const word of words) {
    if (word.text.startsWith('--'))
      found.push({ name: word.text.slice(2).toLowerCase(), values: [] })
    else found.at(-1)?.values.push(word)
  }
  return found
}

function textOf({ values }: Directive): string {
  return values[0]?.text ?? ''
}
