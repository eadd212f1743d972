import type { GroupReading } from '../sources/cgroup/tree-sampler.ts'
import type { HostReading } from '../sources/host/live.ts'
import { slopeOf } from '../sizing/robust/theil-sen.ts'
import { addUpwards, newHistory, takeIn } from './group-state.ts'
import type { History } from './group-state.ts'
import type { Row } from './row.ts'
import { goneRow, hostUsedBytes, limitsOf, rowOf } from './rows.ts'
import { emptySeries, push, windowStart } from './series.ts'

/** What one round read. */
export interface Round {
  /** A clock that never goes back. */
  seconds: number
  version: 1 | 2
  groups: readonly GroupReading[]
  host: HostReading
}

export interface Tracker {
  /** Takes a round in and tells what is known now. The rows of groups that were removed stay for a moment. */
  observe(
    round: Round,
    names: ReadonlyMap<string, string>,
  ): { rows: Row[]; newOomKills: number | null }
}

const GONE_SECONDS = 10
const MAX_GONE = 100

/** Turns rounds into rows: rates, the limit that binds, the time left. Pure but for what it remembers of earlier rounds. */
export function createTracker(): Tracker {
  const times = emptySeries()
  const hostUsed = emptySeries()
  let histories = new Map<number, History>()
  let gone: { row: Row; since: number }[] = []
  let firstOomKills: number | null = null
  let rounds = 0
  let before = Number.NaN

  function observe(
    round: Round,
    names: ReadonlyMap<string, string>,
  ): ReturnType<Tracker['observe']> {
    const { seconds, host } = round
    const elapsed = seconds - before
    push(times, seconds)
    push(hostUsed, hostUsedBytes(host) ?? Number.NaN)
    const from = windowStart(times, seconds)
    const last = histories
    histories = new Map()
    const states = round.groups.map((reading) => {
      const history = last.get(reading.serial) ?? newHistory(reading)
      last.delete(reading.serial)
      histories.set(reading.serial, history)
      return takeIn(history, reading, { times, from, elapsed, isFirst: rounds === 0 })
    })
    addUpwards(states, round.version)
    const watched = seconds - (times[from] ?? seconds)
    const hostSlope = slopeOf(times, hostUsed, from)
    const rows: Row[] = []
    for (const state of states) {
      if (!state.reading.hasMemory) continue
      const limits = limitsOf(state, states, host, hostSlope)
      const row = rowOf(state, limits, { watched, names })
      state.history.row = row
      rows.push(row)
    }
    for (const { row } of last.values())
      if (row !== null) gone.push({ row: goneRow(row), since: seconds })
    gone = gone.filter(({ since }) => seconds - since < GONE_SECONDS).slice(-MAX_GONE)
    firstOomKills ??= host.oomKills
    before = seconds
    rounds++
    return {
      rows: [...rows, ...gone.map(({ row }) => row)],
      newOomKills: difference(host.oomKills, firstOomKills),
    }
  }

  return { observe }
}

function difference(now: number | null, base: number | null): number | null {
  return now === null || base === null ? null : Math.max(0, now - base)
}
