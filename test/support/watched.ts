import type { GroupReading } from '../../src/sources/cgroup/tree-sampler.ts'
import type { HostReading } from '../../src/sources/host/live.ts'
import type { Row, Snapshot } from '../../src/watch/row.ts'

/** A group as a round reads it, of which a test says what matters. */
export function reading(over: Partial<GroupReading> = {}): GroupReading {
  return {
    path: '/a',
    serial: 1,
    parent: -1,
    hasMemory: true,
    chargeBytes: 0,
    inactiveFileBytes: 0,
    unreclaimableBytes: 0,
    dirtyBytes: 0,
    limit: 'none',
    high: null,
    limitHits: 0,
    oomKills: 0,
    someAvg10: null,
    fullAvg10: null,
    processes: 0,
    sizes: { biggest: null, hidden: 0 },
    problems: [],
    ...over,
  }
}

export function hostReading(over: Partial<HostReading> = {}): HostReading {
  return {
    totalBytes: 2 ** 34,
    availableBytes: 2 ** 33,
    swapTotalBytes: 0,
    swapFreeBytes: 0,
    someAvg10: 0,
    fullAvg10: 0,
    oomKills: 0,
    ...over,
  }
}

export function row(over: Partial<Row> = {}): Row {
  return {
    path: '/a',
    name: '/a',
    depth: 0,
    container: null,
    gone: false,
    usageBytes: 0,
    chargeBytes: 0,
    unreclaimableBytes: 0,
    dirtyBytes: 0,
    limit: null,
    highBytes: null,
    pressure: null,
    limitHitsPerSecond: null,
    growthBytesPerMinute: null,
    timeLeft: { kind: 'unknown' },
    oomKills: 0,
    processes: 0,
    biggest: null,
    notes: [],
    ...over,
  }
}

export function snapshot(rows: readonly Row[], over: Partial<Snapshot> = {}): Snapshot {
  return {
    at: Date.UTC(2026, 4, 1, 12),
    version: 2,
    host: { ...hostReading(), newOomKills: 0 },
    rows,
    unknown: [],
    ...over,
  }
}
