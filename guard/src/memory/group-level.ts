import { groupFigures, limitsOf } from './group-figures.ts'
import type { GroupFigures } from './group-figures.ts'
import type { KeptFile } from './kept-file.ts'

/** One memory group on the way up from this process, whose files stay open. */
export interface GroupLevel {
  /** Null: there is no charge to be read, or, above its own, no limit to be held against. */
  read(): GroupFigures | null
  /** Whether it holds nearly what it did when it was read, by a short file or two; null: it has no limit that would ask. */
  isAsRead(): boolean | null
}

const FILES = {
  1: {
    usage: 'memory.usage_in_bytes',
    limit: 'memory.limit_in_bytes',
    high: null,
    hits: 'memory.failcnt',
  },
  2: { usage: 'memory.current', limit: 'memory.max', high: 'memory.high', hits: 'memory.events' },
} as const

/** What has moved by less, as a share of the limit, is nearly as it was. */
const NEARLY = 0.005

/**
 * Null: it tells no limit, as the root of cgroup v2.
 *
 * @param isOwn whether it is that of this process; else one above it
 */
export function openLevel(
  version: 1 | 2,
  folder: string,
  isOwn: boolean,
  open: (file: string) => KeptFile,
): GroupLevel | null {
  const names = FILES[version]
  const usage = open(`${folder}/${names.usage}`)
  const limit = open(`${folder}/${names.limit}`)
  const high = names.high === null ? null : open(`${folder}/${names.high}`)
  const stat = open(`${folder}/memory.stat`)
  const hits = open(`${folder}/${names.hits}`)
  if (!isOwn && limit.read() === null) return null
  let seen: GroupFigures | null = null
  let hitsSeen: string | null = null

  function figures(): GroupFigures | null {
    const limits = { limit: limit.read(), high: high?.read() ?? null }
    // To read the statistics of a group sums up all below it: those of the root of cgroup v1 take a millisecond.
    if (!isOwn && limitsOf(limits).length === 0) return null
    hitsSeen = hits.read()
    return groupFigures(version, { ...limits, usage: usage.read(), stat: stat.read() })
  }

  return {
    read() {
      seen = figures()
      return seen
    },
    isAsRead() {
      if (seen === null || seen.limitBytes === null) return null
      const nowBytes = usage.number()
      const most = seen.limitBytes * NEARLY
      if (nowBytes === null || Math.abs(nowBytes - seen.usageBytes) >= most) return false
      // At the limit page cache makes room for other memory, which the kernel counts; below it the charge tells all.
      return nowBytes + 2 * most < seen.limitBytes || hits.read() === hitsSeen
    },
  }
}
