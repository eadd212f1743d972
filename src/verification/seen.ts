/** What a verification looks at: gathered elsewhere, judged here. */
import type { Change, ChangePlan, Workload } from '../model/fix.ts'
import type { Growth } from '../model/growth.ts'
import type { Sample } from '../model/series.ts'
import type { Instant } from '../model/time.ts'

/** One look at the subject. Null is not known. */
export interface Look {
  at: Instant
  /** Whether anything of it runs. */
  running: boolean | null
  /** The platform's own id of what runs; another id is another container. */
  id: string | null
  startedAt: Instant | null
  restartCount: number | null
  workload: Workload | null
  /** `none`: it has no limit. From the memory group, not from a configuration. */
  limit: number | 'none' | null
  /** What the engine has written down. */
  configuredLimitBytes: number | null
  sample: Sample | null
  /** The counters in `sample` began with the life that runs: engines make a group for each. A bare group outlives what runs in it. */
  countsFromStart: boolean
  /** Settings that a fix made, as the living process or the kernel has them: null where they could not be read. */
  settings: Readonly<Record<string, string | null>> | null
}

/** An end or a kill that a source told of, at its own time. */
export interface Trouble {
  kind: 'kill' | 'end'
  at: Instant
  /** For people: what happened, by which source. */
  says: string
}

export interface ProbeAnswer {
  ok: boolean
  /** The status of an answer, or the exit code of a program; null: there was none. */
  code: number | null
  /** `status 200`, `exit code 1`, `no answer within 10 s`. */
  says: string
}

/** The fix that is verified, as far as it bears on the judgement. */
export interface FixUnderTest {
  change: Change
  method: ChangePlan['method']
  workload: Workload
  /** When it was begun: a life that started later started with it. */
  at: Instant
}

export interface Seen {
  fix: FixUnderTest | null
  /** When the window begins: never before the change. */
  since: Instant
  /** When it ends. */
  until: Instant
  /** Oldest first; never empty. */
  looks: readonly [Look, ...Look[]]
  /** Kills since the change, ends since `since`; oldest first. */
  troubles: readonly Trouble[]
  /** The kernel log, or the engine's events, were read from `since` on; false: nothing there proves nothing. */
  heard: boolean
  hostBytes: number | null
  /** The machine itself, which has no limit, no start and no workload of its own. */
  isMachine: boolean
  growth: Growth | null
  /** Null: no probe was asked for. */
  probe: ProbeAnswer | null
}

export function firstLook(seen: Seen): Look {
  return seen.looks[0]
}

export function lastLook(seen: Seen): Look {
  return seen.looks.at(-1) ?? seen.looks[0]
}

/** What does not run has no group: nothing is in force, and nothing is counted. */
export function hasEnded(seen: Seen): boolean {
  return lastLook(seen).running === false
}

/** The life that runs began with the change or after it: all that its counters tell came since. */
export function countsSinceChange(seen: Seen): boolean {
  const { startedAt, countsFromStart } = lastLook(seen)
  return countsFromStart && startedAt !== null && startedAt >= (seen.fix?.at ?? seen.since)
}
