/** Facts: what the parsers make of text. Everything between sources and remedies is a pure function of these. */
import type {
  KubernetesEvent,
  MarathonApp,
  MarathonLaunch,
  MesosTaskUpdate,
  NodeState,
  PodState,
  Workload,
  WorkloadVersion,
} from './cluster.ts'
import type {
  KernelFault,
  KernelLogCoverage,
  KernelPanic,
  OomReport,
  SuppressedReports,
  UserspaceKill,
} from './kernel.ts'
import type { KubeletFigures, KubeletSettings } from './kubelet.ts'
import type { Subject } from './subject.ts'
import type { Instant } from './time.ts'

/** State of a container as an engine's inspect call tells it. */
export interface ContainerState {
  kind: 'container-state'
  engine: 'docker' | 'podman'
  id: string
  name: string | null
  image: string | null
  status: string | null
  running: boolean | null
  /** PID 1 of the container in the host's namespace; null when it is not running. */
  pid: number | null
  exitCode: number | null
  /** The engine's flag. It is evidence, not a verdict: it has false positives and false negatives. */
  oomKilled: boolean | null
  error: string | null
  startedAt: Instant | null
  finishedAt: Instant | null
  restartCount: number | null
  restartPolicy: string | null
  memoryLimitBytes: number | null
  /** memory + swap, as the engine stores it; -1 is "unlimited" and stands as null with `memorySwapUnlimited`. */
  memorySwapBytes: number | null
  memorySwapUnlimited: boolean
  memoryReservationBytes: number | null
  shmSizeBytes: number | null
  oomKillDisable: boolean
  oomScoreAdj: number | null
  cgroupParent: string | null
  /** Path and arguments of the main process. */
  command: readonly string[]
  env: readonly string[]
  labels: Readonly<Record<string, string>>
  /** `healthy`, `unhealthy`, …; null without a health check. */
  health: string | null
}

/** One engine event. */
export interface ContainerEvent {
  kind: 'container-event'
  engine: 'docker' | 'podman'
  id: string
  name: string | null
  image: string | null
  /** create, start, oom, die, kill, stop, restart, exec_create, exec_die, update, destroy, … (podman's "died" is "die"). */
  action: string
  exitCode: number | null
  /** Signal number of a kill event. */
  signal: number | null
  execId: string | null
}

/** One sample of `docker stats` (API JSON or CLI line). */
export interface ContainerStats {
  kind: 'container-stats'
  id: string | null
  name: string | null
  usageBytes: number | null
  limitBytes: number | null
  maxUsageBytes: number | null
  failcnt: number | null
  stat: ReadonlyMap<string, number>
}

/** memory.events and memory.events.local of cgroup v2. */
export interface MemoryEvents {
  low: number | null
  high: number | null
  max: number | null
  oom: number | null
  oomKill: number | null
  oomGroupKill: number | null
}

export interface PressureLine {
  avg10: number
  avg60: number
  avg300: number
  totalMicroseconds: number
}

export interface Pressure {
  some: PressureLine | null
  full: PressureLine | null
}

/** The memory controller's files of one cgroup, v1 or v2. Null: the file was not there or could not be read. */
export interface CgroupState {
  kind: 'cgroup-state'
  /** Path inside the memory hierarchy, `/docker/…`; null where the files came without it. */
  path: string | null
  /** Whose group it is, where the source knows the container and not the path. */
  container?: string
  version: 1 | 2
  usageBytes: number | null
  /** memory.max or memory.limit_in_bytes; null also where it is "no limit": see `unlimited`. */
  limitBytes: number | null
  unlimited: boolean
  highBytes: number | null
  minBytes: number | null
  lowBytes: number | null
  peakBytes: number | null
  swapUsageBytes: number | null
  /** v2: swap alone. v1: memory + swap (memsw). Null also where unlimited. */
  swapLimitBytes: number | null
  softLimitBytes: number | null
  /** v1 only: charges that were refused, by the limit of memory or by that of memory and swap together. `limitHitsOf` reads it. */
  failcnt: number | null
  /** v1 memory.oom_control. */
  oomControl: { killDisable: boolean; underOom: boolean; oomKill: number | null } | null
  /** v2, hierarchical. */
  events: MemoryEvents | null
  /** v2, this group alone (since 5.2). */
  eventsLocal: MemoryEvents | null
  /** memory.stat, keys as in the file. */
  stat: ReadonlyMap<string, number>
  pressure: Pressure | null
  oomGroup: boolean | null
  /** cgroup.procs; null when the file was not there, empty when nobody lives in the group. */
  pids: readonly number[] | null
  /** cgroup.events populated (v2). */
  populated: boolean | null
  kmemUsageBytes: number | null
  /** v1: memory.kmem.tcp.usage_in_bytes. */
  tcpUsageBytes: number | null
  /** hugetlb controller: bytes of hugetlbfs in use, all page sizes together; outside of the charge unless mounted otherwise. */
  hugetlbUsageBytes: number | null
}

/** What /proc says about one process. */
export interface ProcessState {
  kind: 'process-state'
  pid: number
  /** PIDs in the namespaces from the reader's inwards; the last is what the container sees. */
  nsPids: readonly number[]
  parentPid: number | null
  name: string | null
  /** R, S, D, Z, … */
  state: string | null
  /** The program that runs, as its own file system names it; a process may rename itself, but not this. */
  executable: string | null
  command: readonly string[]
  cgroupPaths: readonly string[]
  rssBytes: number | null
  anonRssBytes: number | null
  fileRssBytes: number | null
  shmemRssBytes: number | null
  swapBytes: number | null
  totalVmBytes: number | null
  peakRssBytes: number | null
  pageTableBytes: number | null
  /** Proportional share: pages that several processes map are divided among them. Needs smaps_rollup. */
  pssBytes: number | null
  /** By kind, since 5.3. */
  pssAnonBytes: number | null
  pssFileBytes: number | null
  pssShmemBytes: number | null
  /** What it alone maps: Private_Clean + Private_Dirty. */
  ussBytes: number | null
  /** Transparent huge pages among its anonymous memory. */
  anonHugeBytes: number | null
  /** hugetlbfs pages, private and shared. */
  hugetlbBytes: number | null
  threads: number | null
  oomScore: number | null
  oomScoreAdj: number | null
  uid: number | null
  /** Kernel stack, outermost frame last, where it could be read: shows tasks that hang at their limit. */
  stack: readonly string[]
  /** Clock ticks since boot: with the PID, the identity of a process. */
  startTicks: number | null
}

/** /proc/meminfo: the machine's numbers, also when read inside a container. */
export interface HostMemory {
  kind: 'host-memory'
  totalBytes: number | null
  freeBytes: number | null
  availableBytes: number | null
  swapTotalBytes: number | null
  swapFreeBytes: number | null
  dirtyBytes: number | null
  writebackBytes: number | null
  fields: ReadonlyMap<string, number>
}

/** /proc/vmstat, /proc/pressure/memory, /proc/sys/vm: one of them, or several together. */
export interface HostState {
  kind: 'host-state'
  bootAt: Instant | null
  kernelVersion: string | null
  vmstat: ReadonlyMap<string, number>
  pressure: Pressure | null
  /** `vm.overcommit_memory` and the like. */
  sysctls: ReadonlyMap<string, string>
}

/** A runtime says in the program's own log that it ran out of memory. */
export interface RuntimeOom {
  kind: 'runtime-oom'
  runtime:
    | 'java'
    | 'node'
    | 'python'
    | 'go'
    | 'dotnet'
    | 'php'
    | 'ruby'
    | 'redis'
    | 'postgresql'
    | 'native'
  /** Which pool ran out: `heap`, `metaspace`, `direct`, `threads`, `gc-overhead`, `native`, … */
  area: string
  message: string
  /** The words alone say that the process ended here (an abort), not that it may have caught the error. */
  fatal: boolean
}

/** A line of a program's log that bears on the question without deciding it: heap size, last words, a signal it got. */
export interface LogHint {
  kind: 'log-hint'
  hint:
    | 'heap-limit'
    | 'heap-used'
    | 'fork-snapshot'
    | 'shutdown-signal'
    | 'child-killed'
    | 'write-failed'
    | 'container-start-failed'
    | 'last-line'
  message: string
  bytes: number | null
}

/** How something ended, as a shell, a list of containers or a service manager put it ("exit 137"): no more than these words. */
export interface ExitStatus {
  kind: 'exit-status'
  exitCode: number | null
  signal: number | null
  /** Who ended, as the words name it; left out where they name nobody. */
  subject?: Subject
  /** They call it an out-of-memory kill, or deny that it was one; left out where they say neither. */
  oomKilled?: boolean
}

export interface MemorySample {
  at: Instant
  usageBytes: number | null
  /** Anonymous memory, where the sample has it. */
  anonBytes: number | null
  fileBytes: number | null
  shmemBytes: number | null
  swapBytes: number | null
  limitBytes: number | null
  /** failcnt (v1) or memory.events max (v2). */
  limitHits: number | null
  pageMajorFaults: number | null
}

/** A series of memory samples of one cgroup or container. */
export interface MemorySamples {
  kind: 'memory-samples'
  samples: readonly MemorySample[]
}

/** An inner view of a runtime: `jcmd VM.native_memory`, `INFO memory`, … */
export interface RuntimeMemory {
  kind: 'runtime-memory'
  runtime: 'java' | 'node' | 'redis'
  /** Bytes in use by area: `heap`, `metaspace`, `direct`, `threads`, `code`, … for Java; INFO field names for Redis. */
  areas: ReadonlyMap<string, number>
}

/** What a service's own guard wrote down last, before it was killed or left. */
export interface BlackBox {
  kind: 'black-box'
  service: string | null
  /** The name of the machine as the service saw it: of a container mostly the beginning of its id, of a pod its name. */
  host: string | null
  /** In the service's own namespace. */
  pid: number | null
  /** Its memory group as the service saw it: `/` in a namespace of its own; the end of it where it is long. */
  path: string | null
  /** `observe`, `evict`, `shed` or `drain`. */
  tier: string | null
  usageBytes: number | null
  unreclaimableBytes: number | null
  limitBytes: number | null
  heapBytes: number | null
  heapLimitBytes: number | null
  inFlight: number | null
  reservedBytes: number | null
  /** For how long its event loop had been overdue. */
  stalledMs: number | null
  /** It left by itself. */
  left: boolean
  /** `memory`, `shedding` (it had refused all work for too long), `asked`, or `stopped` (the guard alone was); null where it did not leave. */
  leftFor: string | null
}

export type Fact =
  | OomReport
  | KernelPanic
  | UserspaceKill
  | KernelFault
  | SuppressedReports
  | KernelLogCoverage
  | ContainerState
  | ContainerEvent
  | ContainerStats
  | CgroupState
  | ProcessState
  | HostMemory
  | HostState
  | PodState
  | KubernetesEvent
  | NodeState
  | KubeletSettings
  | KubeletFigures
  | Workload
  | WorkloadVersion
  | MesosTaskUpdate
  | MarathonApp
  | MarathonLaunch
  | RuntimeOom
  | LogHint
  | ExitStatus
  | MemorySamples
  | RuntimeMemory
  | BlackBox

export type FactKind = Fact['kind']
export type FactOf<K extends FactKind> = Extract<Fact, { kind: K }>
