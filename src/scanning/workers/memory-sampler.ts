/** Looks at the memory of a worker while it does a job. */
import type { AttemptMemory, LayersKnown, ScanPhase } from '../../model/scan-profile.ts'
import type { Instant } from '../../model/time.ts'
import type { Living } from './living.ts'
import { openMemoryCourse } from './memory-course.ts'

export interface MemorySampler {
  begin(phase: ScanPhase): void
  layers(known: LayersKnown): void
  /** The last look; of a worker that is gone, only the peak is left to be seen. */
  finish(): AttemptMemory
  stop(): void
}

export function sampleMemory(
  worker: Pick<Living, 'usageBytes' | 'peakBytes' | 'isAlive'>,
  now: () => Instant,
): MemorySampler {
  const begun = now()
  const course = openMemoryCourse()
  let lastAt = 0
  const passed = (): number => (lastAt = Math.max(lastAt, now() - begun))
  // The worker may have needed more before, for another job.
  let peak = worker.peakBytes()

  /** What came and went since the last look is in the peak, if it was higher than ever. */
  function look(): void {
    const usage = worker.usageBytes()
    const highest = worker.peakBytes()
    const hasRisen = highest !== null && highest > (peak ?? 0)
    if (hasRisen) peak = highest
    const seen = hasRisen ? highest : worker.isAlive() ? usage : null
    if (seen !== null) course.take(seen, passed())
  }

  let timer: NodeJS.Timeout | null = null
  function lookAgain(): void {
    look()
    timer = setTimeout(lookAgain, course.intervalMs)
  }
  lookAgain()

  const stop = (): void => {
    if (timer !== null) clearTimeout(timer)
  }
  return {
    begin(phase) {
      look()
      course.begin(phase, passed())
    },
    layers: (known) => course.layers(known),
    finish() {
      stop()
      look()
      return course.end(passed())
    },
    stop,
  }
}
