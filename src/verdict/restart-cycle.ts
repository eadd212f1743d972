/** Tasks of one app that end again and again: how often, and what Marathon does in between. */
import type { MesosTaskUpdate } from '../model/cluster.ts'
import type { Observation } from '../model/evidence.ts'
import type { Instant } from '../model/time.ts'
import type { Incident } from './incident.ts'

export interface RestartCycle {
  /** Tasks that failed, one soon after the other; the newest series alone. */
  ends: readonly Observation<MesosTaskUpdate>[]
  /** Milliseconds from one failure to the next: the first of them, and the newest. */
  firstPeriodMs: number
  periodMs: number
  /** How long a task usually runs; null: nothing tells when they began. */
  runMs: number | null
}

/** Fewer failures are no series. */
const LEAST_ENDS = 3
/** The newest tell how it is now: backoff makes the pauses grow. */
const NEWEST = 3
/** Where Marathon does not tell how long it waits at most: the default of its older versions, an hour (its app schema). */
const LONGEST_DELAY_MS = 3_600_000
/** A task runs for a while, too, and has to be staged. */
const ROOM_MS = 600_000

export function restartCycle({
  tasksOfApp,
  marathon,
}: Pick<Incident, 'tasksOfApp' | 'marathon'>): RestartCycle | null {
  const most = marathon?.fact.backoff?.mostSeconds
  const longest = (most === undefined ? LONGEST_DELAY_MS : most * 1_000) + ROOM_MS
  const ends = newestSeries(failures(tasksOfApp), longest)
  const gaps = ends.slice(1).map(({ at }, index) => at - (ends[index]?.at ?? at))
  const [first] = gaps
  const last = gaps.at(-1)
  if (ends.length < LEAST_ENDS || first === undefined || last === undefined) return null
  const runs = ends.flatMap(({ at, observation: { fact } }) =>
    fact.startedAt === null ? [] : [at - fact.startedAt],
  )
  // Instances fail in turns; each of them on its own comes round as often as there are others.
  const instances = Math.max(1, marathon?.fact.instances ?? 1)
  return {
    ends: ends.map(({ observation }) => observation),
    firstPeriodMs: first * instances,
    periodMs: instances === 1 ? last : median(gaps.slice(-NEWEST * instances)) * instances,
    runMs: runs.length === 0 ? null : median(runs.slice(-NEWEST)),
  }
}

interface End {
  at: Instant
  observation: Observation<MesosTaskUpdate>
}

/** One of each task, oldest first; where several sources tell of one, the one that knows its start. */
function failures(tasks: readonly Observation<MesosTaskUpdate>[]): End[] {
  const byTask = new Map<string, End>()
  for (const observation of tasks) {
    const { at, fact } = observation
    if (fact.state !== 'TASK_FAILED' || fact.taskId === null || at === null) continue
    const known = byTask.get(fact.taskId)
    if (known === undefined || known.observation.fact.startedAt === null) {
      byTask.set(fact.taskId, { at, observation })
    }
  }
  return [...byTask.values()].toSorted((a, b) => a.at - b.at)
}

function newestSeries(ends: readonly End[], longestMs: number): End[] {
  let begin = ends.length - 1
  while (begin > 0 && (ends[begin]?.at ?? 0) - (ends[begin - 1]?.at ?? 0) <= longestMs) begin--
  return ends.slice(Math.max(0, begin))
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  const middle = Math.floor(sorted.length / 2)
  const upper = sorted[middle] ?? 0
  return sorted.length % 2 === 1 ? upper : (upper + (sorted[middle - 1] ?? upper)) / 2
}

/** For the summary of a verdict, with a space before it; empty where there is no such series. */
export function cycleInWords(incident: Incident): string {
  const cycle = restartCycle(incident)
  if (cycle === null) return ''
  const { marathon } = incident
  const cpus = marathon?.fact.cpus ?? null
  const share = cpus === null ? 'what it asks for' : `${cpus} CPU`
  return (
    ` It is a loop: ${cycle.ends.length} tasks failed one after the other, ${pace(cycle)}` +
    `${runs(cycle)}${waits(incident)}. ` +
    `A graph of its CPU allocation goes up and down between nothing and ${share}: that is a task which dies again and again, not an app that idles.`
  )
}

/** From here on the pause is told to have grown. */
const GROWN = 1.3

function pace({ firstPeriodMs, periodMs }: RestartCycle): string {
  const grown = periodMs > GROWN * firstPeriodMs
  return grown
    ? `first every ${span(firstPeriodMs)} and now every ${span(periodMs)}`
    : `every ${span(periodMs)}`
}

function runs({ runMs }: RestartCycle): string {
  return runMs === null ? '' : `; each runs for ${span(runMs)}`
}

function waits({ marathon, launch }: Incident): string {
  const backoff = marathon?.fact.backoff ?? null
  const left = launch?.fact.overdue === true ? null : (launch?.fact.delaySeconds ?? null)
  const law =
    backoff === null
      ? ''
      : ` (${backoff.seconds} s, ${backoff.factor} times as long after each failure, ${backoff.mostSeconds} s at most)`
  const next = left === null || left <= 0 ? '' : `, and is to wait ${left} s more now`
  return law === '' && next === ''
    ? ''
    : `, and Marathon waits longer before each launch${law}${next}`
}

function span(milliseconds: number): string {
  const seconds = milliseconds / 1_000
  if (seconds < 10) return `${Number(seconds.toPrecision(2))} s`
  return seconds < 600 ? `${Math.round(seconds)} s` : `${Math.round(seconds / 60)} minutes`
}
