import type { BillItem, BillPart } from '../model/bill.ts'
import { part, reader, SAYS } from './items.ts'

/** How a version of cgroups names the figures of user memory, and the file they stand in. */
export interface UserKeys {
  anonymous: string
  anonymousHuge: string
  cache: string
  shmem: string
  shmemHuge: string | null
  dirty: string
  writeback: string
  mapped: string
  /** `memory.stat total_` where each figure stands twice and the whole tree counts. */
  source: string
}

/** Anonymous memory, page cache, shared memory, and what is between swap and use. */
export function userItems(stat: ReadonlyMap<string, number>, keys: UserKeys): BillItem[] {
  const of = reader(stat)
  const anonymous = of(keys.anonymous) ?? 0
  const shmem = of(keys.shmem) ?? 0
  const cache = pageCacheItem(stat, keys)
  const swapCache = swapCacheItem(stat, anonymous + shmem + (cache?.bytes ?? 0))
  const huge = (key: string | null): BillPart[] =>
    key === null ? [] : part('transparent huge pages', of(key), `${keys.source}${key}`)
  return [
    {
      name: 'anonymous',
      bytes: anonymous,
      source: `${keys.source}${keys.anonymous}`,
      reclaimable: 'swap',
      says: SAYS.anonymous,
      parts: huge(keys.anonymousHuge),
    },
    ...(cache === null ? [] : [cache]),
    {
      name: 'shared memory and tmpfs',
      bytes: shmem,
      source: `${keys.source}${keys.shmem}`,
      reclaimable: 'swap',
      says: SAYS.shmem,
      parts: huge(keys.shmemHuge),
    },
    ...(swapCache === null ? [] : [swapCache]),
  ]
}

/** The page cache without tmpfs, which the counter of the cache has in it; null where it is not told. */
function pageCacheItem(stat: ReadonlyMap<string, number>, keys: UserKeys): BillItem | null {
  const of = reader(stat)
  const cache = of(keys.cache)
  if (cache === null) return null
  const bytes = Math.max(0, cache - (of(keys.shmem) ?? 0))
  const inactive = of('inactive_file')
  const active = of('active_file')
  const listed = inactive === null || active === null ? null : inactive + active
  return {
    name: 'page cache',
    bytes,
    source: `memory.stat ${keys.cache} - ${keys.shmem}`,
    reclaimable: 'yes',
    says: SAYS.pageCache,
    parts: [
      ...part('inactive', inactive, 'memory.stat inactive_file'),
      ...part('active', active, 'memory.stat active_file'),
      ...part(
        'locked',
        listed === null ? null : Math.min(bytes - listed, of('unevictable') ?? 0),
        `memory.stat ${keys.cache} - ${keys.shmem} - active_file - inactive_file`,
      ),
      ...part('dirty', of(keys.dirty), `memory.stat ${keys.dirty}`),
      ...part('in writeback', of(keys.writeback), `memory.stat ${keys.writeback}`),
      ...part('mapped', of(keys.mapped), `memory.stat ${keys.mapped}`),
    ],
  }
}

/**
 * Pages read back from swap that no process has touched yet: neither anonymous memory nor cache counts them, the lists of the
 * kernel's reclaim do.
 */
function swapCacheItem(stat: ReadonlyMap<string, number>, counted: number): BillItem | null {
  const of = reader(stat)
  const listed = [
    'active_anon',
    'inactive_anon',
    'active_file',
    'inactive_file',
    'unevictable',
  ].map(of)
  const swapCached = of('swapcached')
  if (swapCached === null || listed.some((bytes) => bytes === null)) return null
  const lists = listed.reduce<number>((sum, bytes) => sum + (bytes ?? 0), 0)
  return {
    name: 'swap cache',
    bytes: Math.max(0, Math.min(swapCached, lists - counted)),
    source: 'memory.stat swapcached, as far as it is not in use',
    reclaimable: 'yes',
    says: SAYS.swapCache,
    parts: [],
  }
}
