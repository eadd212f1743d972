import type { Pressure } from '../model/facts.ts'
import type { TmpfsMount } from '../model/tmpfs.ts'
import type { GroupFigures } from './figures.ts'

/** What one look at a group tells of its page cache. */
export interface CacheReading {
  group: GroupFigures
  /** Of the group itself, never of the machine: cgroup v1 has none. */
  pressure: Pressure | null
  /** How often its limit was reached: memory.events `max`, memory.failcnt. */
  limitHits: number | null
}

export interface CacheSurroundings {
  /** A look at the same group before, and how long before: rates tell what counters since its start cannot. */
  earlier?: { reading: CacheReading; seconds: number } | null
  /** Whether the multi-generational LRU is on, /sys/kernel/mm/lru_gen/enabled; null: not known. */
  lruGen?: boolean | null
  /** The tmpfs mounts that its processes see; null: not looked at. */
  tmpfs?: readonly TmpfsMount[] | null
  pageSizeBytes?: number
}
