/** What a package states of its licence, read as SPDX where it is (SPDX 2.3, annex D). */
import deprecatedExceptions from 'spdx-exceptions/deprecated.json' with { type: 'json' }
import currentExceptions from 'spdx-exceptions/index.json' with { type: 'json' }
import deprecatedIds from 'spdx-license-ids/deprecated.json' with { type: 'json' }
import currentIds from 'spdx-license-ids/index.json' with { type: 'json' }
import { identifierMeant } from './licence-names.ts'

export type Licence =
  /** Of the SPDX list, as it is spelt there. */
  | { kind: 'id'; id: string }
  /** Several, or one with more said; `references` are the `LicenseRef-…` in it. */
  | { kind: 'expression'; expression: string; references: readonly string[] }
  /** Anything else: a name, a sentence, a text. */
  | { kind: 'name'; name: string }

/** Longer statements are no expressions but texts. */
const MAX_EXPRESSION_LENGTH = 4_096

const IDS = byLowerCase([...currentIds, ...deprecatedIds])
const EXCEPTIONS = byLowerCase([...currentExceptions, ...deprecatedExceptions])

/** What all statements of a package say, each thing once. */
export function licencesOf(stated: readonly string[]): Licence[] {
  const known = new Map<string, Licence>()
  for (const statement of stated) {
    const licence = licenceOf(statement)
    if (licence !== null) known.set(textOf(licence), licence)
  }
  return [...known.values()]
}

/** As it stands in an expression, or as its name. */
export function textOf(licence: Licence): string {
  switch (licence.kind) {
    case 'id':
      return licence.id
    case 'expression':
      return licence.expression
    case 'name':
      return licence.name
  }
}

/** One expression that asks for all of them. */
export function allOf(expressions: readonly string[]): string {
  if (expressions.length === 1) return expressions.join('')
  return expressions.map((one) => (one.includes(' OR ') ? `(${one})` : one)).join(' AND ')
}

function licenceOf(stated: string): Licence | null {
  const name = stated.toWellFormed().trim()
  if (name === '' || name === 'NOASSERTION') return null
  const id = IDS.get(name.toLowerCase())
  if (id !== undefined) return { kind: 'id', id }
  return expressionOf(name) ?? licenceMeant(name) ?? { kind: 'name', name }
}

function licenceMeant(name: string): Licence | null {
  const id = idMeant(name)
  return id === null ? null : { kind: 'id', id }
}

function idMeant(name: string): string | null {
  return IDS.get(identifierMeant(name)?.toLowerCase() ?? '') ?? null
}

/** Names of the list may be written in any case; operators are all of one case. */
function expressionOf(text: string): Licence | null {
  if (text.length > MAX_EXPRESSION_LENGTH) return null
  const words: string[] = []
  const references: string[] = []
  let depth = 0
  let wants: 'licence' | 'exception' | 'operator' | 'operator or WITH' = 'licence'
  for (const [token] of text.matchAll(/[()]|[^\s()]+/g)) {
    if (wants === 'licence' && token === '(') {
      depth++
      words.push(token)
    } else if (wants === 'licence') {
      const licence = licenceWord(token)
      if (licence === null) return null
      if (licence.startsWith('LicenseRef-')) references.push(licence)
      words.push(licence)
      wants = 'operator or WITH'
    } else if (wants === 'exception') {
      const exception = EXCEPTIONS.get(token.toLowerCase())
      if (exception === undefined) return null
      words.push(exception)
      wants = 'operator'
    } else if (token === ')') {
      if (--depth < 0) return null
      words.push(token)
      wants = 'operator'
    } else if (/^(?:AND|OR|and|or)$/.test(token)) {
      words.push(token.toUpperCase())
      wants = 'licence'
    } else if (wants === 'operator or WITH' && /^(?:WITH|with)$/.test(token)) {
      words.push('WITH')
      wants = 'exception'
    } else return null
  }
  if (depth !== 0 || wants === 'licence' || wants === 'exception') return null
  const expression = words.join(' ').replaceAll('( ', '(').replaceAll(' )', ')')
  return IDS.has(expression.toLowerCase())
    ? { kind: 'id', id: expression }
    : { kind: 'expression', expression, references }
}

function licenceWord(word: string): string | null {
  if (/^LicenseRef-[A-Za-z0-9.-]+$/.test(word)) return word
  const id = IDS.get(word.toLowerCase())
  if (id !== undefined) return id
  const before = word.endsWith('+') ? IDS.get(word.slice(0, -1).toLowerCase()) : undefined
  // `GPL-2.0+` is the older way to write it.
  if (before !== undefined) return IDS.get(`${before}-or-later`.toLowerCase()) ?? `${before}+`
  return idMeant(word)
}

function byLowerCase(names: readonly string[]): ReadonlyMap<string, string> {
  return new Map(names.map((name) => [name.toLowerCase(), name]))
}
