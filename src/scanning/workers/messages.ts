/** What a worker and whoever runs it say to each other. */
import type { JobResult, LogLevel, ScanMode } from '../../model/scan-job.ts'
import type { LayersKnown, ScannedLayer, ScanPhase } from '../../model/scan-profile.ts'

export interface ScanOrder {
  image: string
  platform: string | null
  mode: ScanMode
  isIncremental: boolean
  /** Where what is known of layers is kept; null: nowhere. */
  cacheFolder: string | null
  scratchFolder: string
  /** Where the packed SBOM goes. */
  output: string
}

/** Layers whose result was found in the cache, and those that had to be read. */
export interface LayersRead {
  hits: number
  misses: number
}

export type ToWorker = { kind: 'scan'; order: ScanOrder }

export type FromWorker =
  | { kind: 'ready' }
  | { kind: 'log'; level: LogLevel; says: string }
  | { kind: 'phase'; phase: ScanPhase }
  | { kind: 'layers'; known: LayersKnown }
  | { kind: 'done'; result: JobResult; layers: readonly ScannedLayer[] }
  /** `isFinal`: it would be the same again. */
  | { kind: 'failed'; says: string; isFinal: boolean }

const KINDS: readonly string[] = [
  'ready',
  'log',
  'phase',
  'layers',
  'done',
  'failed',
] satisfies FromWorker['kind'][]

/** A worker is a program of ours: only what is no message at all is left out. */
export function isFromWorker(message: unknown): message is FromWorker {
  return (
    typeof message === 'object' &&
    message !== null &&
    'kind' in message &&
    typeof message.kind === 'string' &&
    KINDS.includes(message.kind)
  )
}
