import type { Observation, World } from '../model/evidence.ts'
import type { CgroupState } from '../model/facts.ts'
import type { KubeletFigures } from '../model/kubelet.ts'
import type { Answer } from '../model/question.ts'
import type { TmpfsMount } from '../model/tmpfs.ts'
import type { KsmReading } from '../model/ksm.ts'

/** What was asked for a bill beside the world: of runtimes, and of the machine's ways with memory. */
export interface Asked {
  answers: readonly Answer[]
  /** Whether the multi-generational LRU is on; null: not known. */
  lruGen: boolean | null
  /** The tmpfs mounts that the subject sees; null: not looked at. */
  tmpfs: readonly TmpfsMount[] | null
  ksm: KsmReading
  pageSizeBytes: number | null
  /** `4.3.1`: of the engine whose container it is, where its tools changed with the version. */
  engineVersion: string | null
  /** The world at the bill before, when a subject is watched: rates tell what counters since its start cannot. */
  earlier: World | null
  /** A second look at the group, a moment later, where there was none before. */
  later: Observation<CgroupState> | null
  /** What a kubelet elsewhere tells: then nothing of this machine is about the subject. */
  kubelet: KubeletFigures | null
}

/** Files alone: nobody was there to ask. */
export const NOTHING_ASKED: Asked = {
  answers: [],
  lruGen: null,
  tmpfs: null,
  ksm: { machine: null, processes: [] },
  pageSizeBytes: null,
  engineVersion: null,
  earlier: null,
  later: null,
  kubelet: null,
}
