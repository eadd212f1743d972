/** Looks at the memory of a worker while it does a job. */
import type { AttemptMemory, LayersKnown, ScanPhase } from '../../model/scan-profile.ts'
import type { Instant } from '../../model/time.ts'
import type { Living } from './living.ts'
import { openMemoryCourse } from './memory-course.ts'

export interface MemorySampler {
  begin(phase: ScanPhase): void
  layers(known: LayersKnown): void
  /** @param killedAtBytes the limit at which the kernel killed it: then it had as much; null: it did not */
  finish(killedAtBytes: number | null): AttemptMemory
  stop(): void
}

/** Of a long attempt few samples are kept, but looks stay frequent: of those that fall together the highest counts. */
const LONGEST_PAUSE_MS = 200

export function sampleMemory(
  worker: Pick<Living, 'usageBytes' | 'isAlive'>,
  now: () => Instant,
): MemorySampler {
  const begun = now()
  const course = openMemoryCourse()
  let lastAt = 0
  const passed = (): number => (lastAt = Math.max(lastAt, now() - begun))

  /** Of one that is gone, what is left in its group says nothing. */
  function look(): void {
    const usage = worker.isAlive() ? worker.usageBytes() : null
    if (usage !== null) course.take(usage, passed())
  }

  let timer: NodeJS.Timeout | null = null
  function lookAgain(): void {
    look()
    timer = setTimeout(lookAgain, Math.min(LONGEST_PAUSE_MS, course.intervalMs))
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
    finish(killedAtBytes) {
      stop()
      look()
      if (killedAtBytes !== null) course.take(killedAtBytes, passed())
      return course.end(passed())
    },
    stop,
  }
}
