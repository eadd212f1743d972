/** The limit a subject should have. */
import type { Growth } from './growth.ts'
import type { Recording } from './series.ts'
import type { Subject } from './subject.ts'
import type { Instant } from './time.ts'

/** A life that ended by running out of memory at a limit: what it needed is not known, only that it was more. */
export interface KilledLife {
  at: Instant | null
  limitBytes: number
  /** From its start to its end; null is not known. */
  uptimeSeconds: number | null
}

/** A heap that a runtime may fill, as its command line or its environment says. */
export interface ToldHeap {
  bytes: number
  /** The words that set it, `-Xmx400m`. */
  setBy: string
}

/** What a runtime may grow to by its own settings: heap cap, metaspace, maxmemory … */
export interface RuntimeModel {
  /** `java`, `redis`. */
  runtime: string
  bytes: number
  /** Sentences: which cap gives how much. */
  says: readonly string[]
  /** Of what it holds now, the part that no setting bounds: growth may be in there. */
  unboundedBytes: number
}

/** All that a size can rest on. Null is not known. */
export interface SizingEvidence {
  subject: Subject | null
  recordings: readonly Recording[]
  /** The kernel's own high-water mark of the present life, and of earlier ones as far as they are recorded. */
  peakBytes: number | null
  /** Since when that mark counts: the start of the present life. */
  startedAt: Instant | null
  /** What its living processes had resident at most, all together (VmHWM): no page cache that is not mapped is in it. */
  processPeakBytes: number | null
  /** Unreclaimable memory at this moment. */
  unreclaimableBytes: number | null
  kills: readonly KilledLife[]
  /** The workload changed since (image or configuration): its kills count no more. */
  changedAt: Instant | null
  limitBytes: number | null
  requestBytes: number | null
  /** What it may have in swap beside the limit, where that is bounded. */
  swapLimitBytes: number | null
  /** What it has there now. */
  swapBytes: number | null
  /** Memory of the machine. */
  hostBytes: number | null
  /** The tightest limit above the subject: of its pod, its slice. */
  aboveBytes: number | null
  /** `java`, `redis`: what runs in it, the largest first. */
  runtimes: readonly string[]
  model: RuntimeModel | null
  heap: ToldHeap | null
  /** What could not be read, and why: one sentence each. */
  unknown: readonly string[]
  /** Now, for what expires. */
  at: Instant
}

/** Where nothing is known. */
export const NO_EVIDENCE: Omit<SizingEvidence, 'at'> = {
  subject: null,
  recordings: [],
  peakBytes: null,
  startedAt: null,
  processPeakBytes: null,
  unreclaimableBytes: null,
  kills: [],
  changedAt: null,
  limitBytes: null,
  requestBytes: null,
  swapLimitBytes: null,
  swapBytes: null,
  hostBytes: null,
  aboveBytes: null,
  runtimes: [],
  model: null,
  heap: null,
  unknown: [],
}

/** How much room is left above what is needed. Written down and configurable; see docs/explanation/headroom.md. */
export interface HeadroomPolicy {
  /** Share of the need, 0.5 is half as much again: for a history of at least a week, a day, and less. */
  longHistory: number
  usual: number
  shortHistory: number
  /** Of what a life that was killed had: `limit × factor` and `limit + bytes`, whichever is more. */
  killFactor: number
  killBytes: number
  /** A kill binds for this long without another one, unless the workload changes. */
  killExpiresSeconds: number
  /** Share of the host that one subject may have at most. */
  mostOfHost: number
  /** Limits are multiples of it. */
  stepBytes: number
  leastBytes: number
  /** Share by which the request lies above the usual need. */
  request: number
}

export type BoundName =
  | 'observed need'
  | 'high-water mark'
  | 'out-of-memory kill'
  | 'runtime settings'
  | 'limit above'
  | 'host'
  | 'least'

/** One figure that the size had to respect. */
export interface SizingBound {
  name: BoundName
  kind: 'at-least' | 'at-most'
  bytes: number
  says: string
  /** True for the one that decided. */
  binds: boolean
}

export interface Sizing {
  subject: Subject | null
  growth: Growth
  /** Null where it is refused. */
  limitBytes: number | null
  /** Null where none is given. */
  requestBytes: number | null
  /** A leak has no size; nor has what nothing is known of, or what does not fit its machine. */
  refused: boolean
  /** For a leak: what a higher limit would buy. */
  buys: { limitBytes: number; seconds: number } | null
  /** The room above the need. */
  headroom: number
  /** 0 to 1: the longer the history and the more lives, the surer. */
  confidence: number
  bounds: readonly SizingBound[]
  /** Sentences: what decided. */
  because: readonly string[]
  /** What could not be read, and why. */
  unknown: readonly string[]
}
