import { describeCgroupPath } from '../evidence/cgroup-path.ts'
import type { CgroupIdentity } from '../evidence/cgroup-path.ts'
import type { GroupReading } from '../sources/cgroup/tree-sampler.ts'
import type { BiggestProcess } from '../sources/cgroup/tree-processes.ts'
import type { HostReading } from '../sources/host/live.ts'
import { bindingLimit } from './binding.ts'
import type { LimitState } from './binding.ts'
import { slopeOf } from './growth.ts'
import type { Slope } from './growth.ts'
import { nameOf } from './identity.ts'
import type { Row } from './row.ts'
import { timeLeft } from './time-left.ts'
import type { TimeLeft } from './time-left.ts'

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

/** Rounds that are remembered of each group. */
const SLOTS = 61
/** Growth is measured over this time, and over this many rounds at least. */
const WINDOW_SECONDS = 60
const WINDOW_ROUNDS = 12
/** A rate of less than that is chance. */
const LEAST_ELAPSED_SECONDS = 0.5
/** A time left needs more than a rate: two pages of noise are a slope, too. */
const LEAST_SECONDS = 4

const GONE_SECONDS = 10
const MAX_GONE = 100

/** Turns rounds into rows: rates, the limit that binds, the time left. Pure but for what it remembers of earlier rounds. */
export function createTracker(): Tracker {
  const times = new Float64Array(SLOTS).fill(Number.NaN)
  const hostUsed = new Float64Array(SLOTS).fill(Number.NaN)
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
      const row = rowOf(state, limits, { watched, names, version: round.version })
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

/** What is remembered of a group from round to round. */
interface History {
  readonly identity: CgroupIdentity
  readonly unreclaimable: Float64Array
  limitHits: number | null
  killsRead: number | null
  /** Kills that were seen happening. */
  kills: number
  row: Row | null
}

function newHistory(reading: GroupReading): History {
  return {
    identity: describeCgroupPath(reading.path),
    unreclaimable: new Float64Array(SLOTS).fill(Number.NaN),
    limitHits: null,
    killsRead: null,
    kills: 0,
    row: null,
  }
}

/** A group in this round. */
interface State {
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

interface Moment {
  times: Float64Array
  from: number
  elapsed: number
  isFirst: boolean
}

function takeIn(history: History, reading: GroupReading, moment: Moment): State {
  const notes = [...reading.problems]
  push(history.unreclaimable, reading.unreclaimableBytes ?? Number.NaN)
  const hits = increase(reading.limitHits, history.limitHits)
  if (hits !== null && hits < 0) notes.push('the count of limit hits went back')
  history.limitHits = reading.limitHits ?? history.limitHits
  // All kills of a group that was made since the first round happened since then.
  const base = history.killsRead ?? (moment.isFirst ? reading.oomKills : 0)
  const kills = increase(reading.oomKills, base) ?? 0
  if (kills < 0) notes.push('the count of OOM kills went back')
  history.killsRead = reading.oomKills ?? history.killsRead
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
function addUpwards(states: readonly State[], version: 1 | 2): void {
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

/** A limit with what its approach is judged by. */
interface WatchedLimit extends LimitState {
  unreclaimableBytes: number | null
  slope: Slope | null
  hit: boolean | null
}

/** Nearest first. */
function limitsOf(
  state: State,
  states: readonly State[],
  host: HostReading,
  hostSlope: Slope | null,
): WatchedLimit[] {
  const limits: WatchedLimit[] = []
  for (
    let group: State | undefined = state;
    group !== undefined;
    group = states[group.reading.parent]
  ) {
    const { limit, path, unreclaimableBytes, chargeBytes } = group.reading
    if (typeof limit !== 'number' || !group.reading.hasMemory) continue
    const counted = unreclaimableBytes ?? group.usageBytes ?? chargeBytes
    limits.push({
      scope: group === state ? 'own' : 'ancestor',
      path,
      limitBytes: limit,
      usedBytes: group.usageBytes,
      headroomBytes: counted === null ? null : Math.max(0, limit - counted),
      unreclaimableBytes,
      slope: group.slope,
      hit: group.hitsPerSecond === null ? null : group.hitsPerSecond > 0,
    })
  }
  const used = hostUsedBytes(host)
  if (host.totalBytes !== null) {
    limits.push({
      scope: 'host',
      path: null,
      limitBytes: host.totalBytes,
      usedBytes: used,
      headroomBytes: host.availableBytes,
      unreclaimableBytes: used,
      slope: hostSlope,
      hit: null,
    })
  }
  return limits
}

interface RowSetting {
  watched: number
  names: ReadonlyMap<string, string>
  version: 1 | 2
}

function rowOf(state: State, limits: readonly WatchedLimit[], setting: RowSetting): Row {
  const { reading, history, slope } = state
  const { identity } = history
  const binding = bindingLimit(limits)
  const { containerId } = identity
  const { someAvg10, fullAvg10 } = reading
  return {
    path: reading.path,
    name: nameOf(identity, setting.names),
    depth: state.depth,
    container:
      containerId === null
        ? null
        : {
            id: containerId,
            engine: identity.engine,
            name: setting.names.get(containerId) ?? null,
          },
    gone: false,
    usageBytes: state.usageBytes,
    chargeBytes: reading.chargeBytes,
    unreclaimableBytes: reading.unreclaimableBytes,
    limit: binding === null ? null : plainLimit(binding),
    highBytes: typeof reading.high === 'number' ? reading.high : null,
    pressure: someAvg10 === null && fullAvg10 === null ? null : { someAvg10, fullAvg10 },
    limitHitsPerSecond: state.hitsPerSecond,
    growthBytesPerMinute: slope === null ? null : slope.perSecond * 60,
    timeLeft: timeTo(binding, setting.watched),
    oomKills: reading.oomKills === null ? null : history.kills,
    processes: state.processes,
    biggest: state.biggest,
    notes: state.notes,
  }
}

function plainLimit(limit: WatchedLimit): LimitState {
  const { scope, path, limitBytes, usedBytes, headroomBytes } = limit
  return { scope, path, limitBytes, usedBytes, headroomBytes }
}

function timeTo(binding: WatchedLimit | null, watched: number): TimeLeft {
  if (binding === null) return { kind: 'never' }
  return timeLeft({
    limitBytes: binding.limitBytes,
    usedBytes: binding.unreclaimableBytes,
    slope: watched < LEAST_SECONDS ? null : binding.slope,
    seconds: watched,
    hit: binding.hit,
  })
}

function goneRow(row: Row): Row {
  const timeLeft: TimeLeft = { kind: 'unknown' }
  return {
    ...row,
    gone: true,
    growthBytesPerMinute: null,
    limitHitsPerSecond: null,
    timeLeft,
    notes: ['removed', ...row.notes],
  }
}

function hostUsedBytes({ totalBytes, availableBytes }: HostReading): number | null {
  return totalBytes === null || availableBytes === null ? null : totalBytes - availableBytes
}

/** Drops the oldest value. */
function push(values: Float64Array, value: number): void {
  values.copyWithin(0, 1)
  values[values.length - 1] = value
}

/** The first slot that counts for growth. */
function windowStart(times: Float64Array, now: number): number {
  const inWindow = times.findIndex((time) => time >= now - WINDOW_SECONDS)
  const enough = times.length - WINDOW_ROUNDS
  const first = times.findIndex((time) => !Number.isNaN(time))
  return Math.max(first, Math.min(inWindow, enough))
}

function increase(now: number | null, base: number | null): number | null {
  return now === null || base === null ? null : now - base
}

function difference(now: number | null, base: number | null): number | null {
  return now === null || base === null ? null : Math.max(0, now - base)
}

function sum(a: number | null, b: number | null): number | null {
  return a === null || b === null ? null : a + b
}
