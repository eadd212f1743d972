/** What is known of the inside of a scan: its memory while it went on, and the layers that it read. */

/** What a scan does, in this order. */
export const SCAN_PHASES = ['open', 'read layers', 'join layers', 'write document'] as const
export type ScanPhase = (typeof SCAN_PHASES)[number]

export interface MemorySample {
  /** Since the attempt began, in milliseconds. */
  atMs: number
  phase: ScanPhase
  /** In use, without page cache that can be dropped: the most that was seen since the sample before. */
  usageBytes: number
}

export interface MemoryPhase {
  phase: ScanPhase
  startMs: number
  durationMs: number
  /** Null: it went by between two looks. */
  peakBytes: number | null
}

/** The memory of a worker during one attempt; of a long one less often, but never without its peak. */
export interface AttemptMemory {
  /** The most that was seen; where the kernel killed at the limit, the limit. Null: nobody could look. */
  peakBytes: number | null
  phases: readonly MemoryPhase[]
  samples: readonly MemorySample[]
  /** How many layers were known when it ended; null: it did not come so far. */
  layersRead: LayersKnown | null
}

export interface NumberedMemory extends AttemptMemory {
  /** Its number. */
  attempt: number
}

export interface LayersKnown {
  done: number
  /** Null while nobody knows. */
  of: number | null
}

/** A layer, as a scan that went well has found it. */
export interface ScannedLayer {
  /** Of the blob as it is stored; null where nobody states it. */
  digest: string | null
  /** Of the tar without compression. */
  diffId: string | null
  /** As it is stored; null: not known. */
  storedBytes: number | null
  /** All its files together. */
  unpackedBytes: number | null
  files: number | null
  /** Packages that are there in the end, and that it brought. */
  packages: number
  /** What is in it was known, and nothing had to be read. */
  wasKnown: boolean
  /** The command that made it, without secrets. */
  createdBy: string | null
}
