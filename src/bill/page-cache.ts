import { formatBytes, MIB } from '../model/bytes.ts'
import type { PageCacheView } from '../model/bill.ts'
import type { CacheReading, CacheSurroundings } from './page-cache-reading.ts'
import { rereadOf } from './page-cache-reread.ts'
import type { Reread } from './page-cache-reread.ts'
import { dirtySays, shmemSays } from './page-cache-kept.ts'
import { kindsOf } from './tools/kinds.ts'
import type { Kinds } from './tools/kinds.ts'

/** Below this share of the charge there is no page cache to talk about. */
const SMALL_SHARE = 0.01
/** From this share of page cache on, re-read pages say that what is dropped is wanted. */
const WANTED_SHARE = 0.1
/** Up to this share of what was dropped, it is not missed. */
const MISSED_SHARE = 0.02

/** Whether the page cache of a group is worth its memory; null where memory.stat does not tell of one. */
export function pageCacheOf(
  now: CacheReading,
  around: CacheSurroundings = {},
): PageCacheView | null {
  const kinds = kindsOf(now.group)
  if (kinds.cacheBytes === null) return null
  const reread = rereadOf(now, kinds.cacheBytes, around)
  const judged = judge(now, kinds, kinds.cacheBytes, reread, around.lruGen ?? null)
  return {
    kind: judged.kind,
    says: [
      ...judged.says,
      ...limitSays(now, judged.kind),
      ...dirtySays(now.group),
      ...shmemSays(kinds.shmemBytes, around.tmpfs ?? null),
    ],
  }
}

function judge(
  { group }: CacheReading,
  { inactiveFileBytes, activeFileBytes }: Kinds,
  cacheBytes: number,
  reread: Reread,
  lruGen: boolean | null,
): PageCacheView {
  if (reread.thrashing) return { kind: 'thrashing', says: reread.says }
  if (cacheBytes < Math.max(MIB, group.chargeBytes * SMALL_SHARE)) {
    return { kind: 'unknown', says: ['there is next to no page cache', ...reread.says] }
  }
  const size = formatBytes(cacheBytes)
  if (inactiveFileBytes === null || activeFileBytes === null) {
    return { kind: 'unknown', says: [`nothing tells how its ${size} of page cache are used`] }
  }
  const listed = inactiveFileBytes + activeFileBytes
  const activeShare = listed === 0 ? 0 : activeFileBytes / listed
  if (activeShare >= 0.5) {
    const why = `${percent(activeShare)} of its ${size} of page cache were used more than once (active_file): without them these files are read from disk again`
    return { kind: 'useful', says: [why, ...reread.says] }
  }
  const dropped = notMissed(group.stat, cacheBytes, reread)
  if (dropped !== null) return { kind: 'stale', says: [dropped, ...reread.says] }
  if (lruGen !== false) {
    const ages = lruGen === true ? 'ages' : 'may age'
    const why = `whether its ${size} of page cache are used cannot be seen: this kernel ${ages} pages by generations (MGLRU), and then a file that is read over and over counts as inactive, too`
    return { kind: 'unknown', says: [why, ...reread.says] }
  }
  const once = `${percent(1 - activeShare)} of its ${size} of page cache were read or written once and not used again so far (inactive_file)`
  if ((reread.bytes ?? 0) >= cacheBytes * WANTED_SHARE) {
    const wanted = `; yet ${formatBytes(reread.bytes ?? 0)} of files had been dropped since the group was made and were read again (workingset_refault_file)`
    return { kind: 'unknown', says: [`${once}${wanted}`, ...reread.says] }
  }
  return {
    kind: 'stale',
    says: [
      `${once}: clean ones are dropped by the kernel itself before anything is killed, so they are no reason for a higher limit`,
      ...reread.says,
    ],
  }
}

/** Reclaimed pages of which hardly any came back: what fills the cache now goes the same way. */
function notMissed(
  stat: ReadonlyMap<string, number>,
  cacheBytes: number,
  { bytes, pageSizeBytes }: Reread,
): string | null {
  const stolen = (stat.get('pgsteal') ?? 0) * pageSizeBytes
  if (bytes === null || stolen < cacheBytes * WANTED_SHARE || bytes > stolen * MISSED_SHARE) {
    return null
  }
  return `since the group was made ${formatBytes(stolen)} were dropped to make room (pgsteal), and hardly anything of that was read again (workingset_refault_file): its ${formatBytes(cacheBytes)} of page cache pass through, they are no reason for a higher limit`
}

/** A limit that is reached is the normal state of a group that reads files: the kernel drops some and goes on. */
function limitSays({ limitHits, group }: CacheReading, kind: PageCacheView['kind']): string[] {
  if (limitHits === null || limitHits === 0) return []
  const where = group.version === 1 ? 'memory.failcnt' : 'memory.events max'
  const rest =
    kind === 'thrashing'
      ? 'what is dropped to make room is wanted again'
      : 'that alone is no OOM, for as long as page cache can be dropped nothing is killed'
  return [`its limit was reached ${limitHits} times (${where}): ${rest}`]
}

function percent(share: number): string {
  return `${Math.round(share * 100)} %`
}
