/** What a step comes down to, by what its commands did. */
import type { Capture, Step } from '../../model/runbook.ts'
import { holds, readCondition } from '../condition/condition.ts'
import type { Scope, Value } from '../condition/condition.ts'
import type { EndedState } from './event.ts'
import type { RunState } from './state.ts'

export interface Outcome {
  stdout: string
  /** Both, as conditions and people look at it. */
  output: string
  exit: number | null
  /** Why it did not come to an end of its own; null: it did. */
  says: string | null
}

export interface Judged {
  state: Extract<EndedState, 'ok' | 'problem' | 'failed'>
  why: string | null
}

export function judge(step: Step, outcome: Outcome, scope: Scope): Judged {
  if (outcome.says !== null) return { state: 'failed', why: outcome.says }
  const exited = `it ended with ${outcome.exit}`
  if (step.kind === 'assert') {
    const expected = step.expect ?? 'exit == 0'
    const holdsNow = judged(expected, scope)
    if (holdsNow === true) return { state: 'ok', why: null }
    const why = holdsNow === null ? `cannot be judged: ${expected}` : `it is not so: ${expected}`
    return { state: 'failed', why: `${why} (${exited})` }
  }
  if (step.kind === 'check' && step.problemIf !== null) {
    const isProblem = judged(step.problemIf, scope)
    if (isProblem === null) {
      return { state: 'failed', why: `cannot be judged: ${step.problemIf} (${exited})` }
    }
    return isProblem ? { state: 'problem', why: step.problemIf } : { state: 'ok', why: null }
  }
  return outcome.exit === 0 ? { state: 'ok', why: null } : { state: 'failed', why: exited }
}

/** Null: it cannot be read, or asks for what is not known. */
export function judged(condition: string, scope: Scope): boolean | null {
  const read = readCondition(condition)
  return read.ok ? holds(read.condition, scope) : null
}

/** What conditions may ask for: parameters, captures, `before.NAME`, and how earlier steps ended: `size.problem`. */
export function valuesFor(
  { captures, before, ended }: Pick<RunState, 'captures' | 'before' | 'ended'>,
  params: ReadonlyMap<string, string>,
): ReadonlyMap<string, Value> {
  const values = new Map<string, Value>([...params, ...captures])
  for (const [name, value] of before) values.set(`before.${name}`, value)
  for (const [step, { state, exit }] of ended) {
    if (state === 'skipped' || state === 'refused') continue
    values.set(`${step}.problem`, state === 'problem')
    values.set(`${step}.failed`, state === 'failed')
    values.set(`${step}.ok`, state === 'ok')
    if (exit !== null) values.set(`${step}.exit`, exit)
  }
  return values
}

/** @param source what the first program of a pipe wrote: `… | jq .size` shows one field of what can be asked for */
export function capturesOf(
  wanted: readonly Capture[],
  stdout: string,
  source: string,
): Readonly<Record<string, Value>> {
  const found: Record<string, Value> = {}
  for (const { name, from } of wanted) {
    const value =
      from.kind === 'text'
        ? firstLine(stdout)
        : (at(jsonOf(stdout), from.path) ?? at(jsonOf(source), from.path))
    if (value !== null) found[name] = value
  }
  return found
}

/** What the answer itself says is nothing, as `{"change":null}`: not to be taken for what could not be found in it. */
export function nothingIn(
  wanted: readonly Capture[],
  stdout: string,
  source: string,
): readonly string[] {
  return wanted.flatMap(({ name, from }) => {
    if (from.kind === 'text') return []
    const isNothing = [stdout, source].some((text) => heldAt(jsonOf(text), from.path) === null)
    return isNothing ? name : []
  })
}

function firstLine(text: string): string | null {
  const line = text.split('\n', 1)[0]?.trim() ?? ''
  return line === '' ? null : line.slice(0, 4_096)
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}

/** Lists are counted from 0; only what is one value is one. */
function at(held: unknown, path: readonly string[]): Value | null {
  const value = heldAt(held, path)
  if (typeof value === 'number' || typeof value === 'boolean') return value
  return typeof value === 'string' ? value.slice(0, 4_096) : null
}

/** Undefined: there is no such place. */
function heldAt(held: unknown, path: readonly string[]): unknown {
  let value: unknown = held ?? undefined
  for (const name of path) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name)) return undefined
    value = Object.entries(value).find(([key]) => key === name)?.[1]
  }
  return value
}

const MOST_SEEN = 20

/** Lines in which one of the words stands, in whatever case. */
export function linesWith(words: readonly string[], output: string): readonly string[] {
  if (words.length === 0) return []
  const wanted = words.map((word) => word.toLowerCase())
  return output
    .split('\n')
    .filter((line) => wanted.some((word) => line.toLowerCase().includes(word)))
    .slice(0, MOST_SEEN)
    .map((line) => line.slice(0, 500))
}
