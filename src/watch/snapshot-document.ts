import { shareOfLimit } from './row.ts'
import type { Row, Snapshot } from './row.ts'

/** One round as `stella top --json` prints it; sizes in bytes, null is not known. */
export function topDocument(snapshot: Snapshot, rows: readonly Row[]) {
  const { host } = snapshot
  return {
    schema: 'stella.top/1',
    at: new Date(snapshot.at).toISOString(),
    cgroupVersion: snapshot.version,
    host: {
      totalBytes: host.totalBytes,
      availableBytes: host.availableBytes,
      swapTotalBytes: host.swapTotalBytes,
      swapFreeBytes: host.swapFreeBytes,
      pressure: pressureOf(host),
      oomKills: host.newOomKills,
    },
    groups: rows.map(groupDocument),
    unknown: snapshot.unknown,
  }
}

function groupDocument(row: Row) {
  const { limit, timeLeft } = row
  return {
    name: row.name,
    path: row.path,
    container: row.container,
    removed: row.gone,
    usageBytes: row.usageBytes,
    chargeBytes: row.chargeBytes,
    unreclaimableBytes: row.unreclaimableBytes,
    dirtyBytes: row.dirtyBytes,
    limit:
      limit === null
        ? null
        : {
            scope: limit.scope,
            path: limit.path,
            bytes: limit.limitBytes,
            usedBytes: limit.usedBytes,
            headroomBytes: limit.headroomBytes,
          },
    percent: percentOf(shareOfLimit(row)),
    highBytes: row.highBytes,
    pressure: pressureOf(row.pressure),
    limitHitsPerSecond: row.limitHitsPerSecond,
    growthBytesPerMinute: rounded(row.growthBytesPerMinute),
    timeLeft: timeLeft.kind,
    secondsToLimit: timeLeft.kind === 'seconds' ? secondsOf(timeLeft) : atLimit(timeLeft.kind),
    oomKills: row.oomKills,
    processes: row.processes,
    biggest: row.biggest,
    notes: row.notes,
  }
}

function secondsOf({ low, high }: { low: number; high: number | null }): {
  low: number
  high: number | null
} {
  return { low: Math.round(low), high: rounded(high) }
}

function atLimit(kind: 'unknown' | 'never' | 'now'): { low: number; high: number } | null {
  return kind === 'now' ? { low: 0, high: 0 } : null
}

function pressureOf(
  pressure: { someAvg10: number | null; fullAvg10: number | null } | null,
): { someAvg10: number | null; fullAvg10: number | null } | null {
  if (pressure === null || (pressure.someAvg10 === null && pressure.fullAvg10 === null)) return null
  return { someAvg10: pressure.someAvg10, fullAvg10: pressure.fullAvg10 }
}

function percentOf(share: number | null): number | null {
  return share === null ? null : Math.round(share * 1_000) / 10
}

function rounded(value: number | null): number | null {
  return value === null ? null : Math.round(value)
}
