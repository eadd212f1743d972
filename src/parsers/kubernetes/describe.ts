import type { KubernetesEvent } from '../../model/cluster.ts'
import type { Instant } from '../../model/time.ts'

import { describeEvent } from './event.ts'

/** One line of `kubectl describe`: how far it is indented, and its key and value where it has them. */
export interface DescribeLine {
  indent: number
  key: string | null
  value: string
  text: string
  /** 1-based. */
  line: number
}

const KEY = /^( *)([A-Za-z0-9][^:]{0,80}):(?:\s+(\S.*))?$/

export function readDescribeLine(raw: string, line: number): DescribeLine {
  const text = raw.trimEnd()
  const match = KEY.exec(text)
  return {
    indent: text.length - text.trimStart().length,
    key: match?.[2] ?? null,
    value: (match?.[3] ?? '').trim(),
    text: text.trim(),
    line,
  }
}

/** kubectl writes `<none>` and `<unset>` for what is not there. */
export function describeValue(value: string): string | null {
  return value === '' || /^<(?:none|unset|unknown|nil)>$/.test(value) ? null : value
}

/** `Sat, 21 Nov 2026 06:34:43 +0000` (RFC 1123 with a numeric zone). */
export function describeInstant(value: string): Instant | null {
  if (!/^\w{3}, \d{1,2} \w{3} \d{4} \d\d:\d\d:\d\d [+-]\d{4}$/.test(value)) return null
  const at = Date.parse(value)
  return Number.isNaN(at) ? null : at
}

const AGE_UNITS: Readonly<Record<string, number>> = {
  s: 1,
  m: 60,
  h: 3_600,
  d: 86_400,
  y: 31_536_000,
}

/**
 * When an event was last seen, from the age that kubectl printed. Null for files, whose time of reading is not the time of
 * printing, and for ages that kubectl rounds to minutes or more.
 */
export function seenAt(age: string, readAt: Instant | null): Instant | null {
  const match = /^((?:\d{1,5}[smhdy])+)(?: |$)/.exec(age)
  if (match === null || readAt === null || !match[1]?.endsWith('s')) return null
  let seconds = 0
  for (const part of (match[1] ?? '').matchAll(/(\d{1,5})([smhdy])/g))
    seconds += Number(part[1]) * (AGE_UNITS[part[2] ?? ''] ?? 0)
  return readAt - seconds * 1_000
}

/** `15s (x2 over 20s)`. */
export function seenCount(age: string): number | null {
  const match = /\(x(\d{1,9}) over /.exec(age)
  return match === null ? null : Number(match[1])
}

/** A row of the Events table at the end: Type, Reason, Age, From, Message, two spaces or more between them. */
export function readEventRow(
  row: DescribeLine,
  subject: { kind: string; namespace: string | null; name: string; uid: string | null },
  readAt: Instant | null,
): { fact: KubernetesEvent; at: Instant | null; says: string } | null {
  const [type, reason, age, , ...message] = row.text.split(/ {2,}/)
  if (row.indent !== 2 || (type !== 'Normal' && type !== 'Warning')) return null
  if (reason === undefined || age === undefined || !/^(?:\d|<unknown>|<invalid>)/.test(age))
    return null
  const fact: KubernetesEvent = {
    kind: 'kubernetes-event',
    reason,
    message: message.join('  '),
    type,
    namespace: subject.namespace,
    objectKind: subject.kind,
    objectName: subject.name,
    objectUid: subject.uid,
    count: seenCount(age),
  }
  return { fact, at: seenAt(age, readAt), says: describeEvent(fact) }
}
