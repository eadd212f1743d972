import type { Bill } from '../model/bill.ts'
import type { Case } from '../model/case.ts'
import type { World } from '../model/evidence.ts'
import type { Warning } from '../model/warning.ts'
import { redactText, redactValue } from './redact-text.ts'
import { isSecretName } from './secret-name.ts'
import { REDACTED } from './redacted.ts'

export { redactText } from './redact-text.ts'

/** A case without secrets. Every output passes through here. */
export function redactCase(found: Case): Case {
  return redacted(found)
}

/** A warning without secrets. */
export function redactWarning(warning: Warning): Warning {
  return redacted(warning)
}

/** What an engine tells of a container, without the secrets of its environment and its arguments. */
export function redactInspected<T extends object>(inspected: T): T {
  return redacted(inspected)
}

/** The texts of an alert without secrets: whoever writes a rule or a label may put some there. */
export function redactAlert<T extends object>(texts: T): T {
  return redacted(texts)
}

/** What is written down of a run, without secrets: what commands were given, and what they wrote. */
export function redactEvent<T extends object>(event: T): T {
  return redacted(event)
}

/** A bill without secrets: command lines and what runtimes answered may hold some. */
export function redactBill(bill: Bill): Bill {
  return redacted(bill)
}

/**
 * Observations without secrets. What is a secret in one place is taken out of all others too, as far as it can be told
 * from an ordinary word; values that bear on memory (`JAVA_OPTS`, `-Xmx…`, `GOMEMLIMIT`) stay.
 */
export function redactWorld(world: World): World {
  return redacted(world)
}

function redacted<T>(value: T): T {
  const secrets = new Set<string>()
  const note = (secret: string): void => {
    if (isTellable(secret) && secrets.size < MAX_SECRETS) secrets.add(secret)
  }
  const first = walk(
    value,
    remembering((text) => redactText(text, note)),
    note,
  )
  if (secrets.size === 0) return first
  const known = [...secrets].toSorted((a, b) => b.length - a.length)
  return walk(first, (text) => withoutKnown(text, known), note)
}

const MAX_REMEMBERED = 10_000
const MAX_REMEMBERED_CHARS = 300

/** A thousand cases repeat the same questions, paths and names: each is looked at once. */
function remembering(onText: OnText): OnText {
  const known = new Map<string, string>()
  return (text) => {
    if (text.length > MAX_REMEMBERED_CHARS) return onText(text)
    const before = known.get(text)
    if (before !== undefined) return before
    const after = onText(text)
    if (known.size < MAX_REMEMBERED) known.set(text, after)
    return after
  }
}

/** Bounds the work on hostile input. */
const MAX_SECRETS = 1_000

/** Long and odd enough that finding it elsewhere is no accident. */
function isTellable(secret: string): boolean {
  return secret.length >= 8 && /\d|[^\w\s-]/.test(secret) && !secret.includes(REDACTED)
}

function withoutKnown(text: string, known: readonly string[]): string {
  let result = text
  for (const secret of known) result = result.replaceAll(secret, REDACTED)
  return result
}

type Note = (secret: string) => void
type OnText = (text: string) => string

/** A copy of the same shape: only strings change. */
function walk<T>(value: T, onText: OnText, note: Note): T
function walk(value: unknown, onText: OnText, note: Note): unknown {
  if (typeof value === 'string') return onText(value)
  if (Array.isArray(value)) return walkList(value, onText, note)
  if (value instanceof Map) {
    return new Map(
      [...value].map(([key, held]) => [key, walkField(String(key), held, onText, note)]),
    )
  }
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value).map(([key, held]) => [key, walkField(key, held, onText, note)]),
  )
}

function walkField(key: string, held: unknown, onText: OnText, note: Note): unknown {
  if (typeof held === 'string' && isSecretName(key)) return redactValue(key, held, note)
  return walk(held, onText, note)
}

/** Arguments and environments: an element may be an assignment, or the value of the option before it. */
function walkList(list: readonly unknown[], onText: OnText, note: Note): unknown[] {
  return list.map((element, at) => {
    if (typeof element !== 'string') return walk(element, onText, note)
    const assignment = /^(-{0,2}[A-Za-z_][\w.-]*=)([^]*)$/.exec(element)
    if (assignment !== null) {
      const [, name = '', value = ''] = assignment
      return onText(`${name}${redactValue(name, value, note)}`)
    }
    const before = list[at - 1]
    const option = typeof before === 'string' ? /^--?([A-Za-z][\w.-]*)$/.exec(before) : null
    if (option === null || element.startsWith('-')) return onText(element)
    return onText(redactValue(option[1] ?? '', element, note))
  })
}
