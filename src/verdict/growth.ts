/** The course of memory before the end, read from samples. */
import type { Observation } from '../model/evidence.ts'
import { bindingOf } from './reading.ts'
import type { Incident } from './incident.ts'

export interface Rise {
  seconds: number
  bytesPerSecond: number
  because: readonly Observation[]
}

interface Point {
  at: number
  bytes: number
}

/** Rise below this share of the limit is no growth worth a name. */
const MIN_RISE_SHARE = 0.15
const MIN_POINTS = 8
const MIN_SECONDS = 15
/** A sample this near to the limit shows the limit, not the demand. */
const CENSORED = 0.98

/**
 * Steady growth: most of the rise is spread over the time instead of happening in one step.
 * Unreclaimable memory is used where the samples have it, since page cache grows by itself.
 */
export function steadyRise(incident: Incident): Rise | null {
  const points = course(incident)
  const [first, last] = [points[0], points.at(-1)]
  if (incident.samples === null || first === undefined || last === undefined) return null
  const seconds = (last.at - first.at) / 1_000
  const rise = last.bytes - first.bytes
  const limit = limitOf(incident)
  if (points.length < MIN_POINTS || seconds < MIN_SECONDS || limit === null) return null
  if (rise < MIN_RISE_SHARE * limit) return null
  return biggestStep(points) > rise / 2
    ? null
    : { seconds, bytesPerSecond: rise / seconds, because: [incident.samples] }
}

export interface SuddenRise {
  seconds: number
  usageBytes: number
  limitBytes: number
  because: readonly Observation[]
}

/** From below 70 % of the limit to the kill within two sampling steps. */
export function suddenRise(incident: Incident): SuddenRise | null {
  const limit = limitOf(incident)
  const killedAt = incident.reports[0]?.at ?? null
  if (incident.samples === null || limit === null || killedAt === null) return null
  const points = samplesOfLife(incident).filter(({ at }) => at <= killedAt)
  const last = points.at(-1)
  const before = points.at(-2)
  if (last === undefined || before === undefined || last.bytes >= 0.7 * limit) return null
  const step = last.at - before.at
  if (killedAt - last.at > 2 * Math.max(step, 1_000)) return null
  return {
    seconds: (killedAt - last.at) / 1_000,
    usageBytes: last.bytes,
    limitBytes: limit,
    because: [incident.samples],
  }
}

function limitOf(incident: Incident): number | null {
  return (
    bindingOf(incident, 'container').limitBytes ??
    incident.samples?.fact.samples.at(-1)?.limitBytes ??
    null
  )
}

/** Samples of this life up to the censored end. */
function course(incident: Incident): readonly Point[] {
  const limit = limitOf(incident) ?? Number.POSITIVE_INFINITY
  const points = samplesOfLife(incident)
  const end = points.findIndex(({ bytes }) => bytes >= CENSORED * limit)
  return end === -1 ? points : points.slice(0, end)
}

function samplesOfLife(incident: Incident): readonly Point[] {
  const from = incident.startedAt ?? Number.NEGATIVE_INFINITY
  const until = incident.at ?? Number.POSITIVE_INFINITY
  return (incident.samples?.fact.samples ?? []).flatMap((sample) => {
    const anon = sample.anonBytes === null ? null : sample.anonBytes + (sample.shmemBytes ?? 0)
    const bytes = anon ?? sample.usageBytes
    return bytes === null || sample.at < from || sample.at > until ? [] : [{ at: sample.at, bytes }]
  })
}

function biggestStep(points: readonly Point[]): number {
  return points.reduce((most, point, index) => {
    const before = points[index - 1]
    return before === undefined ? most : Math.max(most, point.bytes - before.bytes)
  }, 0)
}
