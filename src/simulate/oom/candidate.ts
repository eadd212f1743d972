import type { ProcessMemory } from '../../model/memory.ts'

/** Why a process is never chosen. */
export type Exemption =
  /** PID 1 of the machine; the PID 1 of a container is not exempt. */
  | 'init'
  /** It has no memory of its own: a thread of the kernel, or a process that is dead already. */
  | 'no-memory'
  /** oom_score_adj is -1000. */
  | 'adjusted'

/** One process as the OOM killer looks at it. */
export interface OomCandidate extends Omit<ProcessMemory, 'badness'> {
  parentPid: number | null
  /** Its memory group; null where the source does not tell, as in a kernel log. */
  cgroup: string | null
  exempt: Exclude<Exemption, 'adjusted'> | null
}

/** A candidate with what the kernel would compute for it. */
export interface RankedProcess extends OomCandidate {
  /** In pages, what the kernel compares; null where it may not be chosen, or its memory is not known. */
  points: number | null
  /** 1000 stands for the whole limit; null where it is not known what that is. */
  badness: number | null
  spared: Exemption | null
  /** How much more memory it would need to be chosen; 0 for the chosen one, null for one that cannot be. */
  behindBytes: number | null
}
