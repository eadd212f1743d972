import type { Observation } from '../model/evidence.ts'
import type {
  ExitStatus,
  HostMemory,
  HostState,
  KubernetesEvent,
  LogHint,
  MarathonApp,
  MemorySamples,
  MesosTaskUpdate,
  NodeState,
  ProcessState,
  RuntimeMemory,
  RuntimeOom,
} from '../model/facts.ts'
import type {
  KernelFault,
  KernelLogCoverage,
  OomReport,
  SuppressedReports,
  UserspaceKill,
} from '../model/kernel.ts'
import type { Groups } from '../verdict/incident.ts'
import type { PlacedPanics } from './join/panics.ts'
import type { SubjectRecord } from './subjects.ts'

/** The evidence that belongs to one subject. */
export interface SubjectEvidence {
  record: SubjectRecord
  reports: readonly Observation<OomReport>[]
  groups: Groups
  processes: readonly Observation<ProcessState>[]
  runtimeOoms: readonly Observation<RuntimeOom>[]
  hints: readonly Observation<LogHint>[]
  exits: readonly Observation<ExitStatus>[]
  samples: Observation<MemorySamples> | null
  runtimeMemory: readonly Observation<RuntimeMemory>[]
  kubernetesEvents: readonly Observation<KubernetesEvent>[]
  mesos: readonly Observation<MesosTaskUpdate>[]
  marathon: Observation<MarathonApp> | null
  userspaceKills: readonly Observation<UserspaceKill>[]
  panics: PlacedPanics
  faults: readonly Observation<KernelFault>[]
  around: Surroundings
}

/** The evidence about the machine, which all its subjects share. */
export interface Surroundings {
  hostMemory: Observation<HostMemory> | null
  hostStates: readonly Observation<HostState>[]
  node: Observation<NodeState> | null
  coverage: readonly Observation<KernelLogCoverage>[]
  /** Reports that name no group, or are cut off before their victim: whom they are about is not sure. */
  unplaced: readonly Observation<OomReport>[]
  suppressed: readonly Observation<SuppressedReports>[]
  /** Wall-clock time of boot, where any source told it. */
  bootAt: number | null
}
