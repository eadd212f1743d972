/** Which one change a case calls for, or why there is none. */
import { formatBytes } from '../model/bytes.ts'
import type { Case, CauseCode, Remedy, VerdictCode } from '../model/case.ts'
import type { Change } from '../model/change.ts'
import type { KilledLife, Sizing } from '../model/sizing.ts'
import { leakShown } from './leak-shown.ts'
import type { EarlierFix } from './leak-shown.ts'
import { WITHOUT_CHANGE } from './without-change.ts'

export interface FixQuestion {
  found: Case
  /** What the user said; null: stella finds the size. */
  limitBytes: number | null
  /** The remedy that the user chose; null: the first that a program can make. */
  remedyId: string | null
  /** Null: there is no evidence to size it by. */
  sizing: Sizing | null
  /** The limit that it has; null: none, or not known. */
  presentLimitBytes: number | null
  /** Limits that stella raised before, oldest first. */
  earlier: readonly EarlierFix[]
  /** The last life that was killed at a limit. */
  lastLife: KilledLife | null
}

export type FixChoice =
  | {
      kind: 'change'
      remedy: Remedy | null
      change: Change
      /** `shared`: of the group that was reached, which is not the subject's own. */
      where: 'own' | 'shared' | 'machine'
      because: readonly string[]
      warnings: readonly string[]
    }
  /** It is known what is wrong, and no change of stella's helps. */
  | { kind: 'nothing'; because: readonly string[] }
  /** It is not known what is wrong. */
  | { kind: 'undecided'; because: readonly string[] }

export function chooseFix(question: FixQuestion): FixChoice {
  const { found, limitBytes, remedyId } = question
  if (limitBytes !== null) return limitAsSaid(question, limitBytes)
  if (remedyId !== null) {
    const remedy = found.remedies.find(({ id }) => id === remedyId) ?? null
    return remedy === null || remedy.change === null
      ? { kind: 'nothing', because: ['That remedy takes a person: its commands stand below.'] }
      : changeBy(question, remedy, remedy.change)
  }
  if (found.verdict.code === 'killed-unknown') {
    return { kind: 'undecided', because: [found.verdict.summary] }
  }
  for (const remedy of found.remedies) {
    if (remedy.change !== null) return changeBy(question, remedy, remedy.change)
  }
  return { kind: 'nothing', because: [WITHOUT_CHANGE[found.verdict.code]] }
}

function changeBy(question: FixQuestion, remedy: Remedy, change: Change): FixChoice {
  if (change.kind !== 'limit') {
    const where = change.kind === 'sysctl' ? 'machine' : 'own'
    return { kind: 'change', remedy, change, where, because: [remedy.title], warnings: [] }
  }
  const { found, remedyId } = question
  const leak = leakShown(question)
  if (leak.length > 0)
    return { kind: 'nothing', because: [...leak, ...bought(question), NOT_BY_LIMIT] }
  const filler = remedyId === null ? fillerOf(found) : null
  if (filler !== null) return { kind: 'nothing', because: [filler, NOT_BY_LIMIT] }
  const { limitBytes, because } = sizedLimit(question, change.limitBytes)
  return {
    kind: 'change',
    remedy,
    change: { kind: 'limit', limitBytes, requestBytes: null },
    where: isShared(found) ? 'shared' : 'own',
    because,
    warnings: doubtOf(found).filter(
      (doubt) => doubt !== OUTGROWS || !holdsHeap(question, limitBytes),
    ),
  }
}

/** Whether the size took the heap into account that was asked for. */
function holdsHeap({ sizing }: FixQuestion, limitBytes: number): boolean {
  return (sizing?.bounds ?? []).some(
    ({ name, kind, bytes }) =>
      name === 'runtime settings' && kind === 'at-least' && bytes <= limitBytes,
  )
}

const NOT_BY_LIMIT =
  'If you want to raise the limit all the same, to win time, say how far with --limit.'

/** By what was seen where something was seen; a life that was killed shows only what was too little. */
function sizedLimit(
  { found, sizing }: FixQuestion,
  nextBytes: number,
): { limitBytes: number; because: readonly string[] } {
  const atLeast = found.binding.limitBytes ?? 0
  const sized = isShared(found) ? null : (sizing?.limitBytes ?? null)
  if (sizing !== null && sized !== null && sized > atLeast) {
    return { limitBytes: sized, because: whySized(sizing) }
  }
  return {
    limitBytes: nextBytes,
    because: [
      `It was stopped at ${formatBytes(atLeast)}, so what it needs is not known: twice as much is the first step, to be corrected by what the next run uses.`,
    ],
  }
}

/** What decided the limit; what was said about the request is another question. */
function whySized({ growth, bounds, because }: Sizing): readonly string[] {
  const says = [...growth.because, ...bounds.filter(({ binds }) => binds).map(({ says }) => says)]
  return says.length === 0 ? because : says
}

function isShared({ verdict }: Case): boolean {
  return verdict.code === 'oom-ancestor-limit' || verdict.code === 'oom-nested-limit'
}

/** Something that fills every limit, and does not go away by a higher one. */
const FILLERS: Partial<Record<CauseCode, string>> = {
  tmpfs:
    'Files in tmpfs fill the limit. They stay until they are deleted, so that a higher limit fills up, too: empty the mount and give it a size.',
  'kernel-memory':
    'The kernel itself holds the memory for this container. A higher limit gives it more to hold: free what it is held for.',
}

function fillerOf({ causes }: Case): string | null {
  const [first] = causes
  return first === undefined || first.confidence === 'possible'
    ? null
    : (FILLERS[first.code] ?? null)
}

const OUTGROWS =
  'Its runtime may fill more than the limit it had, by its own setting. What it may fill has to fit into the new limit as well, or it is killed again: make the heap smaller, as said below.'

/** Causes that a higher limit alone may not cure. */
const DOUBTS: Partial<Record<CauseCode, string>> = {
  leak: 'It grew steadily to its end. If it is a leak, it will reach the new limit, too: verify it, and watch it for longer.',
  'heap-over-limit': OUTGROWS,
}

function doubtOf({ causes }: Case): string[] {
  return causes.flatMap(({ code }) => DOUBTS[code] ?? [])
}

/** Where memory of a limit ran out elsewhere, a higher limit here takes more from there. */
const WORSE_BY_MORE: ReadonlySet<VerdictCode> = new Set([
  'oom-host',
  'oom-numa',
  'oom-panic',
  'oom-userspace',
  'evicted',
])
const SHOWS_NO_LIMIT: ReadonlySet<VerdictCode> = new Set([
  'runtime-out-of-memory',
  'killed-not-memory',
  'killed-unknown',
  'crashed',
  'exited',
  'healthy',
  'oom-manual',
])

function limitAsSaid(question: FixQuestion, limitBytes: number): FixChoice {
  const { found, presentLimitBytes, remedyId } = question
  const { code } = found.verdict
  const raises = presentLimitBytes !== null && limitBytes > presentLimitBytes
  if (WORSE_BY_MORE.has(code) && raises) {
    return { kind: 'nothing', because: ['A higher limit makes this worse.', WITHOUT_CHANGE[code]] }
  }
  const own = found.remedies.find(
    ({ id, change }) => change?.kind === 'limit' && (remedyId === null || id === remedyId),
  )
  const leak = leakShown(question)
  const filler = fillerOf(found)
  return {
    kind: 'change',
    remedy: own ?? null,
    change: { kind: 'limit', limitBytes, requestBytes: null },
    where: isShared(found) ? 'shared' : 'own',
    because: [`The limit that you named: ${formatBytes(limitBytes)}.`],
    warnings: [
      ...leak,
      ...(leak.length > 0 ? boughtBy(question, limitBytes) : doubtOf(found)),
      ...(filler === null ? [] : [filler]),
      ...(SHOWS_NO_LIMIT.has(code) ? ['Nothing shows that its memory limit was too low.'] : []),
    ],
  }
}

/** What raising it would give a leak. */
function bought({ sizing }: FixQuestion): string[] {
  const buys = sizing?.buys ?? null
  return buys === null
    ? []
    : [
        `A limit of ${formatBytes(buys.limitBytes)} would buy ${spanOf(buys.seconds)}, and end nothing.`,
      ]
}

function boughtBy(question: FixQuestion, limitBytes: number): string[] {
  const rate = bytesPerSecond(question)
  const more = limitBytes - (question.presentLimitBytes ?? limitBytes)
  if (rate === null || more <= 0) {
    return [
      'It buys time and cures nothing; how much cannot be told without samples of its growth.',
    ]
  }
  return [`At the rate at which it grows this buys ${spanOf(more / rate)}; it cures nothing.`]
}

/** As recorded; else as fast as its last life filled its limit. */
function bytesPerSecond({ sizing, lastLife }: FixQuestion): number | null {
  const recorded = sizing?.growth.slope?.perSecond ?? 0
  if (recorded > 0) return recorded
  const uptime = lastLife?.uptimeSeconds ?? 0
  return lastLife === null || uptime <= 0 ? null : lastLife.limitBytes / uptime
}

/** @param seconds for people, in the unit that fits */
function spanOf(seconds: number): string {
  if (seconds < 90) return `${Math.max(1, Math.round(seconds))} seconds`
  return seconds < 90 * 60
    ? `${Math.round(seconds / 60)} minutes`
    : `${Number((seconds / 3_600).toPrecision(2))} hours`
}
