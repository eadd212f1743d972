/** Runs a target in a thread of its own, which is ended where it hangs. */
import { Worker } from 'node:worker_threads'
import type { Task, Told } from './thread.ts'

/** Of JavaScript objects, with the recorded files among them. */
const MAX_HEAP_MB = 512
/** A run that takes longer hangs, for all that its user knows; the machine may be busy. */
const HANGS_AFTER_MS = 90_000
const LOOK_EVERY_MS = 1_000

export interface Turn {
  failures: readonly string[]
  /** The run that would be the next. */
  next: number
  ms: number
}

export function turn(
  given: Omit<Task, 'present'>,
  hangsAfterMs: number = HANGS_AFTER_MS,
): Promise<Turn> {
  return new Promise((resolve) => {
    const present = new SharedArrayBuffer(Float64Array.BYTES_PER_ELEMENT)
    const current = new Float64Array(present)
    current[0] = given.from
    const failures: string[] = []
    const began = performance.now()
    const worker = new Worker(new URL('./thread.ts', import.meta.url), {
      workerData: { ...given, present } satisfies Task,
      resourceLimits: { maxOldGenerationSizeMb: MAX_HEAP_MB },
    })
    let last = { at: given.from, seen: began }
    let ended: Turn | null = null
    const looks = setInterval(() => {
      const at = current[0] ?? 0
      if (at !== last.at) last = { at, seen: performance.now() }
      else if (performance.now() - last.seen > hangsAfterMs) {
        failures.push(`run ${at} hangs`)
        void worker.terminate()
      }
    }, LOOK_EVERY_MS)
    worker.on('message', (told: Told) => {
      if ('failed' in told) failures.push(told.failed)
      else ended = { failures, ...told }
      // To find the least of a failure takes its time.
      last = { ...last, seen: performance.now() }
    })
    worker.on('error', (error) => failures.push(`run ${current[0]} ends it: ${error.message}`))
    worker.on('exit', () => {
      clearInterval(looks)
      const next = (current[0] ?? 0) + 1
      resolve(ended ?? { failures, next, ms: performance.now() - began })
    })
  })
}
