import type { HostReading } from '../sources/host/live.ts'
import { bindingLimit } from './binding.ts'
import type { LimitState } from './binding.ts'
import type { Slope } from '../model/growth.ts'
import type { State } from './group-state.ts'
import { nameOf } from './identity.ts'
import type { Row } from './row.ts'
import { timeLeft } from './time-left.ts'
import type { TimeLeft } from './time-left.ts'

/** A time left needs more than a rate: two pages of noise are a slope, too. */
const LEAST_SECONDS = 4

/** A limit with what its approach is judged by. */
export interface WatchedLimit extends LimitState {
  unreclaimableBytes: number | null
  slope: Slope | null
  hit: boolean | null
}

/** Every limit that a group is under, nearest first, the machine last. */
export function limitsOf(
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

export interface RowSetting {
  watched: number
  names: ReadonlyMap<string, string>
}

export function rowOf(state: State, limits: readonly WatchedLimit[], setting: RowSetting): Row {
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
    dirtyBytes: reading.dirtyBytes,
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

export function goneRow(row: Row): Row {
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

export function hostUsedBytes({ totalBytes, availableBytes }: HostReading): number | null {
  return totalBytes === null || availableBytes === null ? null : totalBytes - availableBytes
}
