/** The memory of one attempt in a bounded number of samples: the longer it takes, the longer the time that each stands for. */
import type {
  AttemptMemory,
  LayersKnown,
  MemoryPhase,
  MemorySample,
  ScanPhase,
} from '../../model/scan-profile.ts'

export const MOST_SAMPLES = 240
const FIRST_INTERVAL_MS = 50

export interface MemoryCourse {
  /** How long a sample stands for by now; to look more often is of little use. */
  readonly intervalMs: number
  begin(phase: ScanPhase, atMs: number): void
  layers(known: LayersKnown): void
  take(usageBytes: number, atMs: number): void
  end(atMs: number): AttemptMemory
}

/** Times are milliseconds since the attempt began, and never go back. */
export function openMemoryCourse(): MemoryCourse {
  let intervalMs = FIRST_INTERVAL_MS
  let samples: readonly MemorySample[] = []
  const phases: MemoryPhase[] = []
  let current: Omit<MemoryPhase, 'durationMs'> = { phase: 'open', startMs: 0, peakBytes: null }
  let layersRead: LayersKnown | null = null

  function leave(atMs: number): void {
    phases.push({ ...current, durationMs: atMs - current.startMs })
  }

  return {
    get intervalMs() {
      return intervalMs
    },
    begin(phase, atMs) {
      if (phase === current.phase) return
      leave(atMs)
      current = { phase, startMs: atMs, peakBytes: null }
    },
    layers(known) {
      layersRead = known
    },
    take(usageBytes, atMs) {
      current = { ...current, peakBytes: Math.max(current.peakBytes ?? 0, usageBytes) }
      samples = thinned([...samples, { atMs, phase: current.phase, usageBytes }], intervalMs)
      while (samples.length > MOST_SAMPLES) {
        intervalMs *= 2
        samples = thinned(samples, intervalMs)
      }
    },
    end(atMs) {
      leave(atMs)
      const peaks = phases.flatMap(({ peakBytes }) => peakBytes ?? [])
      const peakBytes = peaks.length === 0 ? null : Math.max(...peaks)
      return { peakBytes, phases, samples, layersRead }
    },
  }
}

/** Of samples in the same interval the highest stays. */
function thinned(samples: readonly MemorySample[], intervalMs: number): readonly MemorySample[] {
  const intervalOf = ({ atMs }: MemorySample): number => Math.floor(atMs / intervalMs)
  const kept: MemorySample[] = []
  for (const sample of samples) {
    const last = kept.at(-1)
    if (last === undefined || intervalOf(last) !== intervalOf(sample)) kept.push(sample)
    else if (sample.usageBytes >= last.usageBytes) kept[kept.length - 1] = sample
  }
  return kept
}
