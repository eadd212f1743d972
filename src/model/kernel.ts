import type { CounterLine, ProcessMemory } from './memory.ts'

/** `enum oom_constraint` of mm/oom_kill.c, plus `bpf` for the policies of 6.16-era patches. */
export type OomConstraint = 'none' | 'memcg' | 'cpuset' | 'memory-policy' | 'bpf'

export interface OomTrigger {
  pid: number | null
  name: string | null
  gfpMask: string | null
  order: number | null
  oomScoreAdj: number | null
}

/** One process the kernel says it killed. */
export interface OomKill extends ProcessMemory {
  /** Score of the "Kill process N (x) score S or sacrifice child" line before 5.3. */
  score: number | null
  /** The task that was chosen where its child was sacrificed instead (5.0 and older). */
  sacrificedFor: { pid: number; name: string } | null
  /** True once an oom_reaper line said that its memory was taken back. */
  reaped: boolean
}

/** Figures of the Mem-Info block (host-wide reports). */
export interface HostMemoryAtOom {
  totalRamBytes: number | null
  freeBytes: number | null
  totalSwapBytes: number | null
  freeSwapBytes: number | null
}

/** One OOM incident of the kernel log: what the kernel printed between "invoked oom-killer" and the last kill line. */
export interface OomReport {
  kind: 'kernel-oom'
  trigger: OomTrigger | null
  constraint: OomConstraint | null
  /** The word in the log, for constraints unknown to us. */
  constraintWord: string | null
  /** `global_oom` stands in the summary line: no memory group was involved. */
  globalOom: boolean
  /** The group whose limit was reached (`oom_memcg=`, or "as a result of limit of" before 5.0). */
  oomMemcg: string | null
  /** The group the victim lived in (`task_memcg=`, or "Task in …"). */
  taskMemcg: string | null
  cpuset: string | null
  memory: CounterLine | null
  /** cgroup v1: memory and swap together. */
  memorySwap: CounterLine | null
  /** cgroup v2: swap alone. */
  swap: CounterLine | null
  kmem: CounterLine | null
  /** memory.stat of the group at its limit, keys as printed, in bytes (events and counters as plain numbers). */
  stat: ReadonlyMap<string, number>
  host: HostMemoryAtOom | null
  /** Task table; empty where vm.oom_dump_tasks was 0 or the table was cut. */
  processes: readonly ProcessMemory[]
  /** Known once a table row and a kill line of one PID can be compared, or from the architecture's default. */
  pageSizeBytes: number | null
  kills: readonly OomKill[]
  /** memory.oom.group: the group that was killed as a whole. */
  groupKill: string | null
  /** "Out of memory and no killable processes". */
  noKillable: boolean
  /** Called by hand: SysRq-f, order -1. */
  manual: boolean
  kernelVersion: string | null
  /**
   * Which parts of the report were not there: cut at either end, rate-limited, or turned off. Without `kill`, the victim is
   * the one that the summary or "Kill process" line chose.
   */
  missing: readonly ('header' | 'summary' | 'kill' | 'tasks')[]
  /** Seconds since boot of the first line, where the log carries them. */
  bootSeconds: number | null
  /**
   * Wall-clock time of the first line in the year 1972, where the log carries one without its year
   * (`Nov 21 05:46:51`): other evidence may tell the year. Absent where `at` is known or nothing is.
   */
  yearless?: number
}

/** The kernel panicked on out-of-memory (panic_on_oom, or nothing left to kill). */
export interface KernelPanic {
  kind: 'kernel-panic'
  message: string
  /** The panic's own words say that memory was the reason. */
  outOfMemory: boolean
  bootSeconds: number | null
}

/** systemd-oomd, oomd, earlyoom, nohang, Talos and the like. */
export interface UserspaceKill {
  kind: 'userspace-kill'
  killer: string
  pid: number | null
  name: string | null
  cgroup: string | null
  signal: string | null
  reason: string | null
  rssBytes: number | null
}

/** "segfault at …", "traps: … general protection": a process that ended itself. */
export interface KernelFault {
  kind: 'kernel-fault'
  pid: number
  name: string
  message: string
  bootSeconds: number | null
}

/** "oom_kill_process: N callbacks suppressed": headers are missing, kills are not. */
export interface SuppressedReports {
  kind: 'suppressed-reports'
  count: number
  bootSeconds: number | null
}

/** That a kernel log was read at all, and which time it covers: what makes its silence worth something. */
export interface KernelLogCoverage {
  kind: 'kernel-log-coverage'
  lines: number | null
  /** Seconds since boot of the first and last line that carry them. */
  firstBootSeconds: number | null
  lastBootSeconds: number | null
  /** Epoch milliseconds of the first and last line that carry a wall-clock time. */
  firstAt: number | null
  lastAt: number | null
  /** The ring buffer had wrapped, or the file was cut at our byte budget. */
  truncated: boolean
}
