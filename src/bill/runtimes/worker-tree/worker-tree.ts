import type { ProcessState } from '../../../model/facts.ts'

/** A master that forks workers, as its server's file tells them apart. */
export interface WorkerTree {
  runtime: string
  version: string | null
  master: ProcessState
  workers: readonly ProcessState[]
  /** Other children of the master, such as the cache manager of nginx. */
  helpers: readonly ProcessState[]
  /** How many workers it may come to, and the words for it: `pm.max_children = 5`; null where nothing tells. */
  most: { count: number; setting: string } | null
  /** What bounds a worker, where something does: `memory_limit 128M`. */
  eachCap: { bytes: number; setting: string } | null
  /** What one changes to have fewer workers: `pm.max_children`. */
  countSetting: string
  /** What ends a worker after so many requests: `pm.max_requests`; null where there is no such thing. */
  recycleSetting: string | null
  /** What this server's own file has to say. */
  remarks: readonly string[]
}

/** What each process has alone, and what they share, counted once. Null where shares could not be read. */
export interface TreeMemory {
  /** Σ PSS. */
  residentBytes: number
  /** What each worker has alone (USS), the largest first. */
  workers: readonly { process: ProcessState; ownBytes: number }[]
  masterBytes: number
  helperBytes: number
  sharedBytes: number
}
