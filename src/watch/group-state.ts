import { describeCgroupPath } from '../evidence/cgroup-path.ts'
import type { CgroupIdentity } from '../evidence/cgroup-path.ts'
import type { BiggestProcess } from '../sources/cgroup/tree-processes.ts'
import type { GroupReading } from '../sources/cgroup/tree-sampler.ts'
import { slopeOf } from '../sizing/robust/theil-sen.ts'
import type { Slope } from '../model/growth.ts'
import type { Row } from './row.ts'
import { emptySeries, push } from './series.ts'

/** What is remembered of a group from round to round. */
export interface History {
  readonly identity: CgroupIdentity
  readonly unreclaimable: Float64Array
  /** Not seen in an earlier round. */
  isNew: boolean
  limitHits: number | null
  killsRead: number | null
  /** Kills that were seen happening. */
  kills: number
  row: Row | null
}

export function newHistory(reading: GroupReading): History {
  return {
    identity: describeCgroupPath(reading.path),
    unreclaimable: emptySeries(),
    isNew: true,
    limitHits: null,
    killsRead: null,
    kills: 0,
    row: null,
  }
}

/** A group in one round. */
export interface State {
  reading: GroupReading
  history: History
  depth: number
  slope: Slope | null
  usageBytes: number | null
  hitsPerSecond: number | null
  newKills: number
  /** With those below. */
  processes: number | null
  biggest: BiggestProcess | null
  hidden: number
  notes: string[]
}

/** A rate of less than that is chance. */
const LEAST_ELAPSED_SECONDS = 0.5

export interface Moment {
  times: Float64Array
  from: number
  elapsed: number
  isFirst: boolean
}

/** Adds what was read to what is remembered, and tells what has changed since the round before. */
export function takeIn(history: History, reading: GroupReading, moment: Moment): State {
  const notes = [...reading.problems]
  push(history.unreclaimable, reading.unreclaimableBytes ?? Number.NaN)
  const hits = increase(reading.limitHits, history.limitHits)
  if (hits !== null && hits < 0) notes.push('the count of limit hits went back')
  history.limitHits = reading.limitHits ?? history.limitHits
  // All kills of a group that was made since the first round happened since then.
  const base = history.killsRead ?? (history.isNew && !moment.isFirst ? 0 : reading.oomKills)
  const kills = increase(reading.oomKills, base) ?? 0
  if (kills < 0) notes.push('the count of OOM kills went back')
  history.killsRead = reading.oomKills ?? history.killsRead
  history.isNew = false
  return {
    reading,
    history,
    depth: 0,
    slope: slopeOf(moment.times, history.unreclaimable, moment.from),
    usageBytes: workingSet(reading),
    hitsPerSecond:
      hits === null || hits < 0 || !(moment.elapsed >= LEAST_ELAPSED_SECONDS)
        ? null
        : hits / moment.elapsed,
    newKills: Math.max(0, kills),
    processes: reading.processes,
    biggest: reading.sizes?.biggest ?? null,
    hidden: reading.sizes?.hidden ?? 0,
    notes,
  }
}

/** usage − inactive_file, as docker stats counts since 20.10 (cli/command/container/stats_helpers.go). */
function workingSet({ chargeBytes, inactiveFileBytes }: GroupReading): number | null {
  if (chargeBytes === null || inactiveFileBytes === null) return null
  return Math.max(0, chargeBytes - inactiveFileBytes)
}

/** Processes and kills of a group are those of the groups below it, too. */
export function addUpwards(states: readonly State[], version: 1 | 2): void {
  for (const state of states) {
    const parent = states[state.reading.parent]
    if (parent !== undefined) state.depth = parent.depth + (parent.reading.hasMemory ? 1 : 0)
  }
  for (const state of states.toReversed()) {
    state.history.kills += state.newKills
    if (state.hidden > 0) state.notes.push(hiddenNote(state.hidden))
    const parent = states[state.reading.parent]
    if (parent === undefined) continue
    // memory.events counts what happens below, too; memory.oom_control of v1 does not.
    if (version === 1 || !state.reading.hasMemory) parent.newKills += state.newKills
    parent.hidden += state.hidden
    parent.processes = sum(parent.processes, state.processes)
    if ((state.biggest?.rssBytes ?? -1) > (parent.biggest?.rssBytes ?? -1)) {
      parent.biggest = state.biggest
    }
  }
}

function hiddenNote(count: number): string {
  return `${count} ${count === 1 ? 'process' : 'processes'} may not be read`
}

function increase(now: number | null, base: number | null): number | null {
  return now === null || base === null ? null : now - base
}

function sum(a: number | null, b: number | null): number | null {
  return a === null || b === null ? null : a + b
}
