import type { Observation } from '../../model/evidence.ts'
import type { Fact } from '../../model/facts.ts'
import type { Instant } from '../../model/time.ts'
import type { Origin } from '../format.ts'
import type { Finding, Signature } from './signature.ts'
import type { TailLine } from './tail.ts'

import { excerptOf } from '../../model/evidence.ts'
import { clip } from './signature.ts'

/** Of the same words the first ones are kept, and the last: a log may cover many restarts. */
const KEEP_FIRST = 5
/** A bound on the kinds of findings, which signatures alone can make. */
const MAX_KEYS = 500

interface Seen {
  signature: Signature
  finding: Finding
  line: number
  at: Instant | null
  raw: string
}

interface Group {
  first: Seen[]
  last: Seen
  count: number
}

/** Keeps findings in bounded memory, however often they repeat. */
export class Collector {
  readonly #groups = new Map<string, Group>()

  add(seen: Seen): void {
    const key = keyOf(seen)
    const group = this.#groups.get(key)
    if (group === undefined) {
      if (this.#groups.size < MAX_KEYS)
        this.#groups.set(key, { first: [seen], last: seen, count: 1 })
      return
    }
    group.count++
    group.last = seen
    if (group.first.length < keepFirst(seen.finding)) group.first.push(seen)
  }

  /** All findings in the order of the log. `tail` are its last lines. */
  finish(origin: Origin, tail: readonly TailLine[]): Observation[] {
    const observations: { line: number; observation: Observation }[] = []
    for (const group of this.#groups.values()) {
      const kept = new Set([...group.first, group.last])
      const repeats =
        group.count > kept.size
          ? ` (${group.count} such lines, the last on line ${group.last.line})`
          : ''
      for (const seen of kept) {
        if (seen !== group.last && isGauge(seen.finding)) continue
        const observation = observe(seen, origin, seen === group.last ? repeats : '', tail)
        observations.push({ line: seen.line, observation })
      }
    }
    return observations.toSorted((a, b) => a.line - b.line).map(({ observation }) => observation)
  }
}

function keyOf({ signature, finding }: Seen): string {
  const { fact } = finding
  switch (fact.kind) {
    case 'runtime-oom':
      return `${signature.id}/${fact.area}/${'ends' in finding ? finding.ends : ''}`
    case 'exit-status':
      return `${signature.id}/${fact.subject?.name}/${fact.oomKilled}`
    case 'log-hint':
      return `${signature.id}/${fact.hint}/${fact.bytes === null}`
  }
}

/** Of a reading that comes again and again, such as the heap in use, the last one counts. */
function isGauge({ fact }: Finding): boolean {
  return fact.kind === 'log-hint' && fact.hint === 'heap-used'
}

function keepFirst(finding: Finding): number {
  return isGauge(finding) ? 0 : KEEP_FIRST
}

function observe(
  seen: Seen,
  origin: Origin,
  repeats: string,
  tail: readonly TailLine[],
): Observation {
  const { finding } = seen
  const fact: Fact =
    'ends' in finding ? { ...finding.fact, fatal: isFatal(seen, finding.ends, tail) } : finding.fact
  return {
    source: origin.source ?? 'log',
    at: seen.at,
    says: `${finding.says}${repeats}`,
    excerpt: excerptOf(seen.raw),
    from: `${origin.from}:${seen.line}`,
    fact,
  }
}

function isFatal(seen: Seen, ends: 'yes' | 'no' | 'if-last', tail: readonly TailLine[]): boolean {
  if (ends !== 'if-last') return ends === 'yes'
  const first = tail[0]
  if (first === undefined || first.line > seen.line) return false
  const { trace } = seen.signature
  return tail.every(
    ({ line, text }) => line <= seen.line || text.trim() === '' || (trace?.test(text) ?? false),
  )
}

/** The program's last words, which say nothing about memory by themselves. */
export function lastLineOf(origin: Origin, tail: readonly TailLine[]): Observation | null {
  const last = tail.findLast(({ text }) => text.trim() !== '')
  if (last === undefined) return null
  const message = clip(last.text)
  return {
    source: origin.source ?? 'log',
    at: last.at,
    says: `The last line of the log: ${message.slice(0, 200)}`,
    excerpt: excerptOf(last.text),
    from: `${origin.from}:${last.line}`,
    fact: { kind: 'log-hint', hint: 'last-line', message, bytes: null },
  }
}
