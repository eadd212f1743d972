import type { Recording, Sample } from '../model/series.ts'
import type { HeadroomPolicy, KilledLife, SizingEvidence } from '../model/sizing.ts'
import type { Instant } from '../model/time.ts'
import { AT_LIMIT, bordersOf } from './growth/borders.ts'
import { needOf } from './need.ts'

/** The lives that ended by running out of memory, and which of them still count. */
export interface Kills {
  all: readonly KilledLife[]
  counted: readonly KilledLife[]
  /** Each at a higher limit than the one before: more memory did not help. */
  rising: boolean
}

/** Two sources tell the same kill within this time. */
const SAME_MILLISECONDS = 60_000

/**
 * A killed life is censored: what it needed is not known, only that it was more than its limit. So it is a bound and no sample,
 * and it counts until it has been quiet for long enough, or the workload is another.
 */
export function killsOf(
  evidence: SizingEvidence,
  recording: Recording | null,
  changedAt: Instant | null,
  policy: HeadroomPolicy,
): Kills {
  const told = evidence.kills
  const recorded = killsIn(recording)
    .filter((one) => !told.some((kill) => isSame(kill, one)))
    .map(({ kill }) => kill)
  const all = [...told, ...recorded].toSorted((a, b) => (a.at ?? 0) - (b.at ?? 0))
  const current = all.filter(({ at }) => at === null || changedAt === null || at >= changedAt)
  const last = current.at(-1)
  const isQuiet =
    last !== undefined &&
    current.every(({ at }) => at !== null) &&
    evidence.at - (last.at ?? 0) > policy.killExpiresSeconds * 1_000
  return { all, counted: isQuiet ? [] : current, rising: isRising(current) }
}

/** A kill that a recording tells of: at some time between two samples, or at that of a mark. */
interface RecordedKill {
  from: Instant
  to: Instant
  kill: KilledLife
}

function isSame({ at }: KilledLife, { from, to }: RecordedKill): boolean {
  return at !== null && at >= from - SAME_MILLISECONDS && at <= to + SAME_MILLISECONDS
}

function killsIn(recording: Recording | null): RecordedKill[] {
  if (recording === null) return []
  const { samples, marks } = recording.group
  const needs = samples.map((sample) => needOf(sample)?.bytes ?? Number.NaN)
  const kills = [...bordersOf(marks, samples, needs)].filter(([, border]) => border === 'kill')
  return kills.flatMap(([index]) => {
    const [before, after] = [samples[index - 1], samples[index]]
    const limitBytes = samples
      .slice(0, index)
      .findLast((one) => one.limitBytes !== null)?.limitBytes
    if (before === undefined || limitBytes === undefined || limitBytes === null) return []
    const mark = marks.find(({ kind, at }) => kind === 'kill' && isBetween(at, before, after))
    const isTold = mark !== undefined || isCounted(before, after)
    // A fall that only might have begun at the limit is none: a burst looks the same between two samples.
    const isSeen = (needs[index - 1] ?? 0) >= AT_LIMIT * limitBytes
    if (!isTold && !isSeen) return []
    const [from, to] = mark === undefined ? [before.at, after?.at ?? before.at] : [mark.at, mark.at]
    return [{ from, to, kill: { at: to, limitBytes, uptimeSeconds: null } }]
  })
}

function isCounted(before: Sample, after: Sample | undefined): boolean {
  return (after?.oomKills ?? 0) > (before.oomKills ?? Number.POSITIVE_INFINITY)
}

function isBetween(at: Instant, before: Sample, after: Sample | undefined): boolean {
  return at >= before.at && at <= (after?.at ?? Number.POSITIVE_INFINITY)
}

function isRising(kills: readonly KilledLife[]): boolean {
  const limits = kills.map(({ limitBytes }) => limitBytes)
  const steps = limits.slice(1).map((limit, index) => limit - (limits[index] ?? limit))
  return steps.every((step) => step >= 0) && steps.some((step) => step > 0)
}

/** What a life that was killed at this limit shows to be too little. */
export function killBoundBytes({ limitBytes }: KilledLife, policy: HeadroomPolicy): number {
  return Math.max(limitBytes * policy.killFactor, limitBytes + policy.killBytes)
}
