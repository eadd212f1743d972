import type { BillItem } from '../model/bill.ts'
import { part, reader, SAYS } from './items.ts'

/** Names of the figures: v1 calls the cache `cache`, its dirty pages `dirty`. */
interface Keys {
  cache: string
  shmem: string
  dirty: string
  writeback: string
  mapped: string
}

/** The page cache without tmpfs, which the counter of the cache has in it; null where it is not told. */
export function pageCacheItem(stat: ReadonlyMap<string, number>, keys: Keys): BillItem | null {
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
export function swapCacheItem(stat: ReadonlyMap<string, number>, counted: number): BillItem | null {
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
