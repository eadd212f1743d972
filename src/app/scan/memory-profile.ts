/** The memory of this process while it works, by what it does. */
import { memoryUsage } from 'node:process'
import type { ScanPhase } from '../../model/scan-profile.ts'

export interface MemorySample {
  /** Since the beginning, in milliseconds. */
  atMs: number
  phase: ScanPhase
  rssBytes: number
  heapUsedBytes: number
  /** Bytes outside of the heap that belong to its objects: what is read, and not yet used up. */
  externalBytes: number
}

export interface MemoryPhase {
  phase: ScanPhase
  startMs: number
  durationMs: number
  peakRssBytes: number
}

export interface MemoryProfile {
  schema: 'stella.memory-profile/1'
  peakRssBytes: number
  phases: readonly MemoryPhase[]
  samples: readonly MemorySample[]
}

export interface MemoryProfiler {
  phase(name: ScanPhase): void
  finish(): MemoryProfile
}

const INTERVAL_MS = 50
/** When there are more, every second one is dropped, and from then on one is taken half as often. */
const MOST_SAMPLES = 2_000

export function startMemoryProfile(firstPhase: ScanPhase): MemoryProfiler {
  const startedAt = performance.now()
  let samples: MemorySample[] = []
  let intervalMs = INTERVAL_MS
  let current: { phase: ScanPhase; startMs: number; peakRssBytes: number } | null = null
  const phases: MemoryPhase[] = []
  const passed = (): number => Math.round(performance.now() - startedAt)

  function sample(): void {
    const { rss, heapUsed, external } = memoryUsage()
    if (current === null) return
    current.peakRssBytes = Math.max(current.peakRssBytes, rss)
    samples.push({
      atMs: passed(),
      phase: current.phase,
      rssBytes: rss,
      heapUsedBytes: heapUsed,
      externalBytes: external,
    })
    if (samples.length <= MOST_SAMPLES) return
    samples = samples.filter((_, at) => at % 2 === 0)
    intervalMs *= 2
    clearInterval(timer)
    timer = setInterval(sample, intervalMs).unref()
  }
  let timer = setInterval(sample, intervalMs).unref()

  function endPhase(): void {
    sample()
    if (current === null) return
    const { phase, startMs, peakRssBytes } = current
    phases.push({ phase, startMs, durationMs: passed() - startMs, peakRssBytes })
  }
  function begin(phase: ScanPhase): void {
    current = { phase, startMs: passed(), peakRssBytes: 0 }
    sample()
  }
  begin(firstPhase)

  return {
    phase(name) {
      endPhase()
      begin(name)
    },
    finish() {
      endPhase()
      clearInterval(timer)
      return {
        /** The file that `stella scan image --profile-memory` writes: the memory of a scan. */
        schema: 'stella.memory-profile/1',
        peakRssBytes: Math.max(0, ...phases.map(({ peakRssBytes }) => peakRssBytes)),
        phases,
        samples,
      }
    },
  }
}
