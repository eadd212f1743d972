/**
 * `dmesg -T` prints the local time without its zone, engines write UTC. Where a kernel log's kills and the engine's word
 * of the same containers lie a whole number of quarter-hours apart, that is the zone.
 */
import { describeCgroupPath } from '../evidence/cgroup-path.ts'
import type { Observation } from '../model/evidence.ts'
import type { PodState } from '../model/cluster.ts'
import type { ContainerEvent, ContainerState } from '../model/facts.ts'
import type { KernelLogCoverage, OomReport } from '../model/kernel.ts'

/** Zones of the world differ by quarters of an hour, from -12 to +14 hours. */
const QUARTER_MS = 15 * 60_000
const FARTHEST_MS = 14 * 60 * 60_000
/** Engines tell of a kill this soon; their clock and a time cut to the second differ by less. */
const TOLD_WITHIN_MS = 2_500

interface Told {
  id: string
  at: number
}

export interface EngineTales {
  states: readonly Observation<ContainerState>[]
  events: readonly Observation<ContainerEvent>[]
  pods: readonly Observation<PodState>[]
}

/**
 * What has to be added to the times of the reports, in milliseconds; 0 where they agree with the engine, or nothing tells.
 */
export function zoneShift(reports: readonly Observation<OomReport>[], tales: EngineTales): number {
  const told = toldOf(tales)
  const votes = new Map<number, number>()
  let asked = 0
  for (const { fact, at } of reports) {
    // A time with a fraction of a second was computed, or has its zone.
    if (at === null || at % 1_000 !== 0) return 0
    const ids = new Set(
      describeCgroupPath(fact.taskMemcg ?? fact.oomMemcg ?? '').containers.map(({ id }) => id),
    )
    const gaps = told.filter(({ id }) => ids.has(id)).map((one) => one.at - at)
    if (gaps.length === 0) continue
    asked += 1
    for (const shift of new Set(gaps.flatMap(shiftOf))) {
      votes.set(shift, (votes.get(shift) ?? 0) + 1)
    }
  }
  if (votes.get(0) === asked) return 0
  const agreed = [...votes].filter(([, count]) => count === asked)
  return agreed.length === 1 ? (agreed[0]?.[0] ?? 0) : 0
}

function shiftOf(gap: number): readonly number[] {
  const shift = Math.round(gap / QUARTER_MS) * QUARTER_MS
  const fits = Math.abs(gap - shift) <= TOLD_WITHIN_MS && Math.abs(shift) <= FARTHEST_MS
  // -0 and 0 are one.
  return fits ? [shift + 0] : []
}

function toldOf({ states, events, pods }: EngineTales): readonly Told[] {
  const told: Told[] = []
  const tell = (id: string | null, at: number | null): void => {
    if (id !== null && at !== null) told.push({ id, at })
  }
  for (const { fact, at } of events) {
    if (fact.action === 'oom' || (fact.action === 'die' && fact.exitCode === 137)) tell(fact.id, at)
  }
  for (const { fact } of states) {
    if (fact.oomKilled === true || fact.exitCode === 137) tell(fact.id, fact.finishedAt)
  }
  for (const { containers } of pods.map(({ fact }) => fact)) {
    for (const state of containers.flatMap((one) => [one.state, one.lastState])) {
      if (state?.exitCode === 137) tell(state.containerId, state.finishedAt)
    }
  }
  return told
}

/** The coverage of logs whose times are local. */
export function shiftCoverage(
  coverage: Observation<KernelLogCoverage>,
  shift: number,
): Observation<KernelLogCoverage> {
  const { firstAt, lastAt } = coverage.fact
  if (shift === 0 || firstAt === null || lastAt === null) return coverage
  if (firstAt % 1_000 !== 0 || lastAt % 1_000 !== 0) return coverage
  return {
    ...coverage,
    fact: { ...coverage.fact, firstAt: firstAt + shift, lastAt: lastAt + shift },
  }
}
