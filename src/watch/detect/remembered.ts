/** What a group looked like before: it is gone when its end is judged. */
import type { Observation } from '../../model/evidence.ts'
import type { MemorySample, MemorySamples } from '../../model/facts.ts'
import type { Snapshot } from '../row.ts'

export interface Remembered {
  /** Takes a round in. */
  observe(snapshot: Snapshot): void
  /** The last minutes of a group; null where it was never seen. */
  samplesOf(path: string): Observation<MemorySamples> | null
}

/** One sample in this time is kept. */
const STEP_MS = 5_000
/** Ten minutes. */
const SLOTS = 120
/** Groups that are removed stay in mind for as long as their end may be told late. */
const KEPT_AFTER_MS = 60_000
const MAX_GROUPS = 5_000

interface Course {
  samples: MemorySample[]
  /** The last time that it was seen. */
  seenAt: number
}

export function createRemembered(): Remembered {
  const courses = new Map<string, Course>()

  function forget(now: number): void {
    for (const [path, { seenAt }] of courses) {
      if (Math.abs(now - seenAt) > KEPT_AFTER_MS || courses.size > MAX_GROUPS) courses.delete(path)
    }
  }

  return {
    observe({ at, rows }) {
      for (const row of rows) {
        // The course of what nothing bounds ends at no limit of its own.
        if (row.gone || row.limit?.scope !== 'own') continue
        let course = courses.get(row.path)
        if (course === undefined) {
          course = { samples: [], seenAt: at }
          courses.set(row.path, course)
        }
        course.seenAt = at
        // The clock was set back: what was taken before it would come after it.
        if ((course.samples.at(-1)?.at ?? at) > at) course.samples = []
        const before = course.samples.at(-2)
        // The newest sample is always there; it moves on until it is a step away from the one before.
        if (before !== undefined && at - before.at <= STEP_MS) course.samples.pop()
        course.samples.push(sampleOf(row, at))
        if (course.samples.length > SLOTS) course.samples.shift()
      }
      forget(at)
    },
    samplesOf(path) {
      const course = courses.get(path)
      if (course === undefined || course.samples.length < 2) return null
      const samples = [...course.samples]
      const first = samples[0]
      return {
        source: 'cgroup',
        at: course.seenAt,
        says: `${samples.length} samples of ${path} were taken before.`,
        excerpt: `${samples.length} samples from ${new Date(first?.at ?? 0).toISOString()} on`,
        from: `samples of ${path}`,
        fact: { kind: 'memory-samples', samples },
      }
    },
  }
}

function sampleOf(row: Snapshot['rows'][number], at: number): MemorySample {
  return {
    at,
    usageBytes: row.chargeBytes,
    anonBytes: null,
    fileBytes: null,
    shmemBytes: null,
    swapBytes: null,
    limitBytes: row.limit?.limitBytes ?? null,
    limitHits: null,
    pageMajorFaults: null,
  }
}
