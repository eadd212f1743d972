import type { OomSetting } from './simulate.ts'

/** What the sources tell about a kill to come, or about one that was recorded. */
export interface OomEvidence {
  setting: OomSetting
  cgroupVersion: 1 | 2 | null
  kernelVersion: string | null
  /** Of the group; null for the machine. */
  limitBytes: number | null
  /** What can still be taken before the limit is reached; null where it is not known, or the kill is over. */
  roomBytes: number | null
  /** Those that the kernel did kill, where the evidence is of a kill. */
  killed: readonly KilledProcess[] | null
  /** Figures that are so close may stand the other way round in the kernel: it counts in batches for each CPU. */
  blurBytes: number
  /** What could not be read, and what that means; one sentence each. */
  unknown: readonly string[]
}

export interface KilledProcess {
  pid: number
  name: string
  /** The one that was chosen, where its child died for it (kernels before 5.1). */
  inPlaceOf: { pid: number; name: string } | null
}

/** What every x86 machine has; it only rounds. */
export const USUAL_PAGE_BYTES = 4096
