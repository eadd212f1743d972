/** What kind of growth a series shows. */
import type { Instant } from './time.ts'

/** As `stella size` names it; fixed by the outside contract. */
export const GROWTH_KINDS = [
  'steady',
  'step',
  'burst',
  'leak',
  'sawtooth',
  'cache',
  'warm-up',
  'concurrency',
  'unknown',
] as const
export type GrowthKind = (typeof GROWTH_KINDS)[number]

/** What it comes down to, which says what helps. Null in a growth: nothing is wrong. */
export const DIAGNOSES = [
  /** Two lives or more grew alike: it will not stop. */
  'leak',
  /** One life grew steadily. It takes a second one to call it a leak. */
  'suspected-leak',
  /** The allocator keeps what the program gave back. */
  'retention',
  /** It is full without growing: the limit is too small. */
  'undersized',
  /** It grows with the load. */
  'concurrency',
  'burst',
  /** A fork copies pages that are written. */
  'fork-copy-on-write',
  'tmpfs',
  'page-cache',
  'kernel-memory',
  'sockets',
  'too-many-processes',
  /** Something else filled a limit above it. */
  'neighbour',
] as const
export type Diagnosis = (typeof DIAGNOSES)[number]

/** Bytes a second, and between which values it truly lies with 80 % confidence. */
export interface Slope {
  perSecond: number
  low: number
  high: number
}

/** Seconds until the limit is reached, if it goes on like this; `high: null`: it may never be. */
export interface TimeToLimit {
  low: number
  high: number | null
}

/** The part of the memory that grows. */
export type Component = 'anonymous' | 'file' | 'shmem' | 'kernel' | 'sockets' | 'processes' | 'swap'

export interface Growth {
  kind: GrowthKind
  /** What it comes down to; null: nothing is wrong. */
  diagnosis: Diagnosis | null
  /** 0 to 1. */
  confidence: number
  /** Of the floor of the last segment; null where there are too few samples. */
  slope: Slope | null
  /** From the last sample on; `high` null: it may never be reached. */
  secondsToLimit: TimeToLimit | null
  /** What of the memory grows. */
  component: Component | null
  /** What was judged: the last stretch without a mark, in which the decision fell; of a step, what came after its last jump. */
  segment: { from: Instant; to: Instant; samples: number } | null
  /** Which figures: unreclaimable memory is best, the working set counts page cache that is in use. */
  measure: 'unreclaimable' | 'anonymous' | 'working-set' | 'usage' | null
  /** For concurrency: memory at no load, memory of each unit, and the load that fits the limit. */
  perUnit: { baseBytes: number; unitBytes: number; mostUnits: number | null } | null
  /** The process that grows, where the recording has processes. */
  process: { pid: number; startedAt: Instant; name: string | null; slope: Slope } | null
  /** The region of that process that grows, where its mappings were recorded. */
  region: { name: string; grownBytes: number } | null
  /** Sentences for people: what decided it. */
  because: readonly string[]
  /** What would decide it, and is not there. */
  missing: readonly string[]
}
