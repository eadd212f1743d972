/** Conditions of a runbook: `size > 2GB || layers > 100`, `state == done`, `!match(/out of memory/)`. */
import { within } from '../bounded.ts'
import { tokensOf } from './tokens.ts'
import type { Sign, Token } from './tokens.ts'

export type Condition =
  | { kind: 'or' | 'and'; of: readonly [Condition, Condition] }
  | { kind: 'not'; of: Condition }
  | { kind: 'compare'; sign: Comparison; left: Operand; right: Operand }
  | { kind: 'match'; pattern: RegExp }
  | { kind: 'holds'; of: Operand }

export type Operand =
  | { kind: 'value'; value: number | string }
  /** What it is called; where nothing is, it stands for its own letters: `done`. */
  | { kind: 'name'; name: string }

const COMPARISONS = ['==', '!=', '>=', '<=', '>', '<'] as const
type Comparison = (typeof COMPARISONS)[number]

export type ConditionRead =
  | { ok: true; condition: Condition }
  /** `at` is counted from 0. */
  | { ok: false; says: string; at: number }

export type Value = number | string | boolean

/** What a condition is judged by. */
export interface Scope {
  values: ReadonlyMap<string, Value>
  /** What the commands wrote. */
  output: string
}

const MOST_TEXT = 1_000
const MOST_DEPTH = 50
/** Of any pattern that is meant well, a hundredth is enough for the longest output that is kept. */
const MOST_MATCH_MS = 500

class Unreadable extends Error {
  readonly at: number
  constructor(says: string, at: number) {
    super(says)
    this.at = at
  }
}

export function readCondition(text: string): ConditionRead {
  if (text.length > MOST_TEXT) return { ok: false, says: 'it is too long', at: MOST_TEXT }
  const read = tokensOf(text)
  if (!read.ok) return read
  try {
    return { ok: true, condition: parse(read.tokens, text.length) }
  } catch (error) {
    if (error instanceof Unreadable) return { ok: false, says: error.message, at: error.at }
    throw error
  }
}

function parse(tokens: readonly Token[], end: number): Condition {
  let at = 0
  let depth = 0
  const isNext = (sign: Sign): boolean => {
    const token = tokens[at]
    if (token?.kind !== 'sign' || token.value !== sign) return false
    at++
    return true
  }
  const place = (): number => tokens[at]?.at ?? end

  function or(): Condition {
    let left = and()
    while (isNext('||')) left = { kind: 'or', of: [left, and()] }
    return left
  }
  function and(): Condition {
    let left = not()
    while (isNext('&&')) left = { kind: 'and', of: [left, not()] }
    return left
  }
  function not(): Condition {
    if (++depth > MOST_DEPTH) throw new Unreadable('it is too deep', place())
    try {
      if (isNext('!')) return { kind: 'not', of: not() }
      if (!isNext('(')) return comparison()
      const inner = or()
      if (!isNext(')')) throw new Unreadable('a ( does not end', place())
      return inner
    } finally {
      depth--
    }
  }
  function comparison(): Condition {
    const token = tokens[at]
    if (token?.kind === 'name' && token.value === 'match' && tokens[at + 1]?.kind === 'sign') {
      at++
      return match()
    }
    const left = operand()
    const sign = tokens[at]
    if (sign?.kind !== 'sign') return { kind: 'holds', of: left }
    const compares = COMPARISONS.find((each) => each === sign.value)
    if (compares === undefined) return { kind: 'holds', of: left }
    at++
    return { kind: 'compare', sign: compares, left, right: operand() }
  }
  function match(): Condition {
    if (!isNext('(')) throw new Unreadable('match is written as match(/…/)', place())
    const pattern = tokens[at++]
    if (pattern?.kind !== 'pattern' || !isNext(')')) {
      throw new Unreadable('match is written as match(/…/)', place())
    }
    return { kind: 'match', pattern: pattern.value }
  }
  function operand(): Operand {
    const token = tokens[at]
    if (token === undefined) throw new Unreadable('something is missing at the end', end)
    if (token.kind === 'sign' || token.kind === 'pattern') {
      throw new Unreadable('a value is missing here', token.at)
    }
    at++
    return token.kind === 'name'
      ? { kind: 'name', name: token.value }
      : { kind: 'value', value: token.value }
  }

  const condition = or()
  if (at < tokens.length) throw new Unreadable('nothing more can stand here', place())
  return condition
}

/** Null: what it asks for is not known. */
export function holds(condition: Condition, scope: Scope): boolean | null {
  switch (condition.kind) {
    case 'or':
      return either(condition.of, scope, true)
    case 'and':
      return either(condition.of, scope, false)
    case 'not': {
      const inner = holds(condition.of, scope)
      return inner === null ? null : !inner
    }
    case 'match':
      return isFound(condition.pattern, scope.output)
    case 'holds': {
      const value = valueOf(condition.of, scope)
      return value === null ? null : value !== false && value !== 0 && value !== ''
    }
    case 'compare':
      return compare(condition, scope)
  }
}

/** How many comparisons make it hold, of alternatives those of the better one; 0: it does not hold. */
export function heldComparisons(condition: Condition, scope: Scope): number {
  if (holds(condition, scope) !== true) return 0
  if (condition.kind === 'and') {
    return condition.of.reduce((sum, part) => sum + heldComparisons(part, scope), 0)
  }
  if (condition.kind === 'or') {
    return Math.max(...condition.of.map((part) => heldComparisons(part, scope)))
  }
  return 1
}

/** Some patterns take years for a text that was made for them; null: it is not known. */
function isFound(pattern: RegExp, text: string): boolean | null {
  const found = within(MOST_MATCH_MS, () => pattern.test(text))
  return found.kind === 'done' ? found.result : null
}

/** One that decides is enough, whatever is not known of the other. */
function either(
  [left, right]: readonly [Condition, Condition],
  scope: Scope,
  decides: boolean,
): boolean | null {
  const first = holds(left, scope)
  if (first === decides) return decides
  const second = holds(right, scope)
  if (second === decides) return decides
  return first === null || second === null ? null : !decides
}

function compare(
  { sign, left, right }: Extract<Condition, { kind: 'compare' }>,
  scope: Scope,
): boolean | null {
  const a = valueOf(left, scope)
  // `state == done`: what is no name on the right is meant as a word.
  const b = valueOf(right, scope) ?? (right.kind === 'name' ? right.name : null)
  if (a === null || b === null) return null
  if (sign === '==') return String(a) === String(b)
  if (sign === '!=') return String(a) !== String(b)
  const [x, y] = [Number(a), Number(b)]
  if (Number.isNaN(x) || Number.isNaN(y)) return null
  if (sign === '>') return x > y
  if (sign === '<') return x < y
  return sign === '>=' ? x >= y : x <= y
}

function valueOf(operand: Operand, { values }: Scope): Value | null {
  return operand.kind === 'value' ? operand.value : (values.get(operand.name) ?? null)
}

/** Names that it asks for, of those on the right of a comparison only what has a dot: others may be words. */
export function namesIn(condition: Condition): readonly string[] {
  switch (condition.kind) {
    case 'or':
    case 'and':
      return condition.of.flatMap(namesIn)
    case 'not':
      return namesIn(condition.of)
    case 'match':
      return []
    case 'holds':
      return condition.of.kind === 'name' ? [condition.of.name] : []
    case 'compare':
      return [condition.left, condition.right].flatMap((operand, side) =>
        operand.kind === 'name' && (side === 0 || operand.name.includes('.')) ? [operand.name] : [],
      )
  }
}

/** Names that are held against a word, as in `state == done`. */
export function wordsComparedIn(condition: Condition): readonly { name: string; word: string }[] {
  switch (condition.kind) {
    case 'or':
    case 'and':
      return condition.of.flatMap(wordsComparedIn)
    case 'not':
      return wordsComparedIn(condition.of)
    case 'match':
    case 'holds':
      return []
    case 'compare': {
      const { left, right } = condition
      if (left.kind !== 'name') return []
      return [{ name: left.name, word: right.kind === 'name' ? right.name : String(right.value) }]
    }
  }
}
