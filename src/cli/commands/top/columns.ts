import { shareOfLimit } from '../../../watch/row.ts'
import type { Row } from '../../../watch/row.ts'
import type { TimeLeft } from '../../../watch/time-left.ts'
import {
  shortBytes,
  shortChange,
  shortDuration,
  shortNumber,
  shortPercent,
} from '../../render/screen-figures.ts'

/** One figure of a row. */
export interface Column {
  head: string
  /** What it means, for the help. */
  says: string
  /** The widest it gets. */
  width: number
  /** Narrow terminals leave out the largest numbers first. */
  rank: number
  cell(row: Row): string
  /** Words stand to the left. */
  isText?: boolean
}

/** The columns beside the name, from left to right. In v1 the kernel tells no pressure of a group, but how often it was full. */
export function columnsFor(version: 1 | 2): readonly Column[] {
  return [
    {
      head: 'USAGE',
      says: 'working set: what is charged, without page cache that nobody used lately (docker stats)',
      width: 6,
      rank: 1,
      cell: (row) => shortBytes(row.usageBytes),
    },
    {
      head: 'CHARGE',
      says: 'everything that is charged, with all page cache',
      width: 6,
      rank: 9,
      cell: (row) => shortBytes(row.chargeBytes),
    },
    {
      head: 'LIMIT',
      says: 'the limit that is reached first: ^ is one of a group above, host is the machine itself',
      width: 7,
      rank: 2,
      cell: limitCell,
    },
    {
      head: '%',
      says: 'how full that limit is, by all that are under it',
      width: 5,
      rank: 3,
      cell: (row) => shortPercent(shareOfLimit(row)),
    },
    version === 2
      ? {
          head: 'PSI',
          says: 'pressure: percent of the last 10 seconds in which some task waited for memory',
          width: 5,
          rank: 6,
          cell: (row) => shortNumber(row.pressure?.someAvg10 ?? null),
        }
      : {
          head: 'HITS/s',
          says: 'how often its own limit was reached (failcnt); cgroup v1 tells no pressure of a group',
          width: 6,
          rank: 6,
          cell: (row) => shortNumber(row.limitHitsPerSecond),
        },
    {
      head: 'GROWTH/m',
      says: 'growth in a minute of what the kernel cannot take back: page cache is left out',
      width: 8,
      rank: 5,
      cell: (row) => shortChange(row.growthBytesPerMinute),
    },
    {
      head: 'LEFT',
      says: 'time until the limit is reached if that goes on; - is not known yet',
      width: 7,
      rank: 4,
      cell: (row) => timeText(row.timeLeft),
    },
    {
      head: 'DIRTY',
      says: 'written to files and not on the disk yet: who keeps the disk busy for all',
      width: 6,
      rank: 11,
      cell: (row) => shortBytes(row.dirtyBytes),
    },
    {
      head: 'OOM',
      says: 'processes that the kernel killed for memory since top was started',
      width: 4,
      rank: 7,
      cell: (row) => (row.oomKills === null ? '-' : String(row.oomKills)),
    },
    {
      head: 'PROCS',
      says: 'processes',
      width: 5,
      rank: 8,
      cell: (row) => (row.processes === null ? '-' : String(row.processes)),
    },
    {
      head: 'BIGGEST',
      says: 'the process with the most resident memory: its size, number and name',
      width: 24,
      rank: 10,
      isText: true,
      cell: ({ biggest }) =>
        biggest === null
          ? '-'
          : `${shortBytes(biggest.rssBytes)} ${biggest.pid} ${biggest.name ?? '?'}`,
    },
  ]
}

function limitCell({ limit }: Row): string {
  if (limit === null) return '-'
  if (limit.scope === 'host') return 'host'
  return `${limit.scope === 'own' ? '' : '^'}${shortBytes(limit.limitBytes)}`
}

/** @example timeText({ kind: 'seconds', low: 100, high: 240 }) // "2m-4m" */
export function timeText(left: TimeLeft): string {
  if (left.kind === 'unknown') return '-'
  if (left.kind !== 'seconds') return left.kind
  const low = shortDuration(left.low)
  if (left.high === null) return `>${low}`
  const high = shortDuration(left.high)
  return low === high ? `~${low}` : `${low}-${high}`
}
