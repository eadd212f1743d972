/** The courses of a lab's workloads, as its looks come in. */
import type { Site } from '../../labs/backends/backend.ts'
import { courseStep, lengthened } from '../../labs/seen-course.ts'
import type { CourseStep } from '../../labs/seen-course.ts'
import type { LabState } from '../../labs/state.ts'
import { NOT_THERE } from '../../labs/view.ts'
import type { Seen } from '../../labs/view.ts'
import type { LabMemoryDocument } from '../../server/lab-contract.ts'

export interface Courses {
  /** What one look adds, as it is told. */
  take(site: Site, workload: string, seen: Seen): LabMemoryDocument
  /** All of it. */
  all(): readonly LabMemoryDocument[]
  /** Of a lab that is gone. */
  forget(): void
}

interface Kept extends CourseStep {
  since: number
  last: Seen
}

/** @param phaseNow of the lab: of one that is being made, everything is seen */
export function createCourses(
  now: () => number,
  phaseNow: () => LabState['phase'] | null,
): Courses {
  let courses = new Map<string, Kept>()
  let endsAt: number | null = null

  return {
    take(site, workload, seen) {
      // Begun anew, it ends at another time.
      if (site.endsAt !== endsAt) courses = new Map()
      endsAt = site.endsAt
      const at = now()
      const before = courses.get(workload)
      const last = before?.last ?? (phaseNow() === 'starting' ? NOT_THERE : null)
      const step = courseStep(last, seen, at)
      const since = before?.since ?? at
      const kept = before === undefined ? step : lengthened(before, step)
      courses.set(workload, { ...kept, since, last: seen })
      return { workload, since, ...step }
    },
    forget: () => courses.clear(),
    all: () =>
      [...courses].map(([workload, { since, points, marks }]) => ({
        workload,
        since,
        points,
        marks,
      })),
  }
}
