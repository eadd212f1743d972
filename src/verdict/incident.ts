import type { CaseLife } from '../model/case.ts'
import type { Observation } from '../model/evidence.ts'
import type {
  KubernetesEvent,
  MarathonApp,
  MarathonLaunch,
  MesosTaskUpdate,
  NodeState,
  PodContainer,
  PodState,
  Workload,
} from '../model/cluster.ts'
import type {
  BlackBox,
  CgroupState,
  ContainerEvent,
  ContainerState,
  HostMemory,
  HostState,
  LogHint,
  MemorySamples,
  ProcessState,
  RuntimeMemory,
  RuntimeOom,
} from '../model/facts.ts'
import type {
  KernelFault,
  KernelLogCoverage,
  KernelPanic,
  OomReport,
  SuppressedReports,
  UserspaceKill,
} from '../model/kernel.ts'
import type { Subject } from '../model/subject.ts'
import type { KubeletFigures, KubeletSettings } from '../model/kubelet.ts'
import type { Instant } from '../model/time.ts'

/** How one life of the main process ended. */
export interface Ending {
  at: Instant | null
  exitCode: number | null
  /** The signal that ended it, where a source says so itself; exit code 137 alone does not. */
  signal: number | null
  /** The engine's kill or stop event, the kubelet's "Killing": somebody asked for the end. */
  askedBy: Observation | null
  because: readonly Observation[]
}

/** The memory groups around the subject, as far as they were read. */
export interface Groups {
  own: Observation<CgroupState> | null
  /** From the parent upwards. */
  ancestors: readonly Observation<CgroupState>[]
  nested: readonly Observation<CgroupState>[]
}

/**
 * What is known about one incident: one kernel report, one end of a main process, or the present state of a subject.
 * Rules read nothing else, so each verdict can be replayed from its evidence.
 */
export interface Incident {
  subject: Subject
  at: Instant | null
  /** Where the subject lives in the memory hierarchy. */
  path: string | null
  /** The kernel's reports of this incident, the first being the decisive one; several in a storm. */
  reports: readonly Observation<OomReport>[]
  /** Kernel kills inside the subject earlier in the same life, which did not end it. */
  earlierKills: readonly Observation<OomReport>[]
  /** Whether the main process fell victim to the reports; null: not known. */
  mainProcessDied: boolean | null
  startedAt: Instant | null
  /** Null: it lives, or its end is not known; see `alive`. */
  ending: Ending | null
  alive: boolean | null
  container: Observation<ContainerState> | null
  pod: Observation<PodState> | null
  podContainer: PodContainer | null
  events: readonly Observation<ContainerEvent>[]
  kubernetesEvents: readonly Observation<KubernetesEvent>[]
  node: Observation<NodeState> | null
  /** How its node's kubelet is set up. */
  kubelet: Observation<KubeletSettings> | null
  /** What its pod belongs to. */
  workload: Observation<Workload> | null
  /** What its kubelet told of its memory in this life, where somebody has kept it. */
  figures: Observation<KubeletFigures> | null
  mesos: readonly Observation<MesosTaskUpdate>[]
  marathon: Observation<MarathonApp> | null
  /** Every task of the same app, which tell of loops. */
  tasksOfApp: readonly Observation<MesosTaskUpdate>[]
  launch: Observation<MarathonLaunch> | null
  groups: Groups
  processes: readonly Observation<ProcessState>[]
  runtimeOoms: readonly Observation<RuntimeOom>[]
  hints: readonly Observation<LogHint>[]
  userspaceKills: readonly Observation<UserspaceKill>[]
  panics: readonly Observation<KernelPanic>[]
  faults: readonly Observation<KernelFault>[]
  suppressed: readonly Observation<SuppressedReports>[]
  samples: Observation<MemorySamples> | null
  runtimeMemory: readonly Observation<RuntimeMemory>[]
  /** What its own guard wrote down last, up to this incident. */
  blackBox: Observation<BlackBox> | null
  hostMemory: Observation<HostMemory> | null
  hostStates: readonly Observation<HostState>[]
  /** Logs that cover the time of this incident; empty: the kernel log was not read, or does not reach it. */
  coverage: readonly Observation<KernelLogCoverage>[]
  /** Number of kernel kills of this subject in all the evidence. */
  killsInAll: number
  /** Its lives in all the evidence, by the time of their end; this one is among them. */
  lives: readonly CaseLife[]
}

/** The decisive kernel report of an incident. */
export function reportOf(incident: Incident): Observation<OomReport> | null {
  return incident.reports[0] ?? null
}
