/** Memory over time. */
import type { Subject } from './subject.ts'
import type { Instant } from './time.ts'

/** One moment of a memory group or a process. What the source does not tell is null, never 0. */
export interface Sample {
  at: Instant
  /** Everything charged: memory.current, memory.usage_in_bytes; of a process its resident set. */
  usageBytes: number | null
  /** Charged without inactive page cache, as cAdvisor, `docker stats` and `kubectl top` count. */
  workingSetBytes: number | null
  /** What reclaim cannot give back without swap: everything but clean page cache and reclaimable slab. */
  unreclaimableBytes: number | null
  anonBytes: number | null
  /** Page cache without tmpfs and shared memory. */
  fileBytes: number | null
  /** tmpfs and shared memory. */
  shmemBytes: number | null
  /** What the kernel holds for it and cannot give back: unreclaimable slab, stacks, page tables, per-CPU memory. */
  kernelBytes: number | null
  socketBytes: number | null
  swapBytes: number | null
  /** Null: none, or none is known. */
  limitBytes: number | null
  /** The kernel's high-water mark: memory.peak, memory.max_usage_in_bytes, VmHWM. */
  peakBytes: number | null
  /** How often the limit was reached; a counter that only rises within one life. */
  limitHits: number | null
  /** Kills by the OOM killer; a counter like the one before. */
  oomKills: number | null
  processes: number | null
  /** What the load was, in any unit of the user's: connections, workers, requests in flight. */
  load: number | null
}

export const NO_SAMPLE: Omit<Sample, 'at'> = {
  usageBytes: null,
  workingSetBytes: null,
  unreclaimableBytes: null,
  anonBytes: null,
  fileBytes: null,
  shmemBytes: null,
  kernelBytes: null,
  socketBytes: null,
  swapBytes: null,
  limitBytes: null,
  peakBytes: null,
  limitHits: null,
  oomKills: null,
  processes: null,
  load: null,
}

/** Something that a trend must not be drawn across. */
export interface SeriesMark {
  at: Instant
  /** `start`: a new life begins. `kill`: the life before ended by running out of memory. `change`: of image, limit or configuration. */
  kind: 'start' | 'kill' | 'change'
  /** One phrase for people: `restarted`, `the limit went from 256 MiB to 512 MiB`. */
  says: string
}

/** The memory of one subject over time, oldest first; times rise strictly. */
export interface Series {
  subject: 'group' | 'process'
  /** Of a process its name. */
  name: string | null
  /** A process is known by its PID and its start: PIDs are used again. */
  process: { pid: number; startedAt: Instant } | null
  samples: readonly Sample[]
  marks: readonly SeriesMark[]
}

/** One mapping of a process, as /proc/PID/smaps tells it; mappings of one name are one region. */
export interface Region {
  /** `[heap]`, a file, or `anonymous` with the address where it has no name. */
  name: string
  rssBytes: number
  anonBytes: number
  swapBytes: number
  mappings: number
}

/** The regions of one process at one moment. */
export interface RegionSnapshot {
  at: Instant
  pid: number
  startedAt: Instant
  regions: readonly Region[]
}

/** All that was recorded of one subject, or imported from elsewhere. */
export interface Recording {
  subject: Subject | null
  /** `stella`, `prometheus`, `csv`, `docker stats`. */
  source: string
  group: Series
  /** Of the processes that were large enough to be followed. */
  processes: readonly Series[]
  /** Oldest first. */
  regions: readonly RegionSnapshot[]
  unknown: readonly string[]
}
