/**
 * Memory of one task, as the kernel's OOM report or /proc tells it. Fields that the source does not give are null, never 0.
 */
export interface ProcessMemory {
  /** In the PID namespace of the reader; in kernel logs always the host's. */
  pid: number
  name: string
  /** anon + file + shmem; the only resident figure that task tables before 6.8 have. */
  rssBytes: number | null
  anonRssBytes: number | null
  fileRssBytes: number | null
  shmemRssBytes: number | null
  totalVmBytes: number | null
  pageTableBytes: number | null
  swapBytes: number | null
  oomScoreAdj: number | null
  /** Score 0…1000 relative to the limit, as printed by old kernels or recomputed; null where its inputs are unknown. */
  badness: number | null
  uid: number | null
}

/** One line of a kernel's "memory: usage …kB, limit …kB, failcnt …". A null limit means "no limit". */
export interface CounterLine {
  usageBytes: number
  limitBytes: number | null
  /** Null where the line was not seen, and its sizes are told by somebody else. */
  failcnt: number | null
}
