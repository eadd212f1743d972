import type { Observation } from '../model/evidence.ts'
import type { BlackBox, ExitStatus, MemorySamples } from '../model/facts.ts'
import type { KubeletFigures } from '../model/kubelet.ts'
import type { OomReport } from '../model/kernel.ts'
import type { Incident } from '../verdict/incident.ts'
import type { PlacedPanics } from './join/panics.ts'
import type { SubjectRecord } from './subjects.ts'

/** The evidence that belongs to one subject, before it is cut into incidents. */
export interface SubjectEvidence extends Pick<
  Incident,
  | 'reports'
  | 'groups'
  | 'processes'
  | 'runtimeOoms'
  | 'hints'
  | 'samples'
  | 'runtimeMemory'
  | 'kubernetesEvents'
  | 'workload'
  | 'mesos'
  | 'marathon'
  | 'tasksOfApp'
  | 'launch'
  | 'userspaceKills'
  | 'faults'
> {
  record: SubjectRecord
  exits: readonly Observation<ExitStatus>[]
  /** What its kubelet told, in all its lives. */
  figures: readonly Observation<KubeletFigures>[]
  /** Of all its lives, and the courses that stand beside them. */
  blackBoxes: readonly Observation<BlackBox>[]
  looks: readonly Observation<MemorySamples>[]
  panics: PlacedPanics
  around: Surroundings
}

/** The evidence about the machine, which all its subjects share. */
export interface Surroundings extends Pick<
  Incident,
  'hostMemory' | 'hostStates' | 'node' | 'kubelet' | 'coverage' | 'suppressed'
> {
  /** Reports that name no group, or are cut off before their victim: whom they are about is not sure. */
  unplaced: readonly Observation<OomReport>[]
  /** Wall-clock time of boot, where any source told it. */
  bootAt: number | null
}
