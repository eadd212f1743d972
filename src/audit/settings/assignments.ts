import type { Excerpt } from '../documents/excerpt.ts'
import { linesOf, unquotedPart } from '../documents/lines.ts'
import type { Word } from '../workload.ts'

/** A line `name = value` of a configuration. */
export interface Assignment {
  name: string
  value: Word
  /** `[www]` of an INI file; empty before the first. */
  section: string
}

/** How a program writes its settings. */
interface Dialect {
  /** A name with its sign, from the beginning of a line; the first group is the name. */
  name: RegExp
  /** What begins a comment behind a value. */
  comment: '#' | ';'
}

/** postgresql.conf: the sign may be left out. */
export const POSTGRES: Dialect = { name: /^\s*([A-Za-z_][\w.]*)(?:\s*=\s*|\s+)/, comment: '#' }
/** php.ini and the pools of php-fpm. */
export const INI: Dialect = { name: /^\s*([A-Za-z_][\w.]*(?:\[[\w.]+\])?)\s*=\s*/, comment: ';' }
/** .npmrc. */
export const NPMRC: Dialect = { name: /^\s*([A-Za-z_@/:][\w.@/:-]*)\s*=\s*/, comment: ';' }

/** The settings of a text, in their order. */
export function assignmentsOf(excerpt: Excerpt, { name: pattern, comment }: Dialect): Assignment[] {
  const found: Assignment[] = []
  let section = ''
  for (const line of linesOf(excerpt)) {
    section = /^\s*\[([^\]]*)\]/.exec(line.text)?.[1] ?? section
    const [head, name] = pattern.exec(line.text) ?? []
    if (head === undefined || name === undefined) continue
    const value = valueIn(line.text.slice(head.length), comment)
    found.push({ name, value: unquotedPart(line, head.length, value), section })
  }
  return found
}

/** The value without what is said of it. */
function valueIn(text: string, comment: string): string {
  const quoted = /^(?:"[^"]*"|'[^']*')/.exec(text)?.[0]
  return quoted ?? (text.split(comment, 1)[0] ?? '').trimEnd()
}
