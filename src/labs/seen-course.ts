/** What was seen of the memory of a workload, look after look: the course that a chart shows. Pure. */
import type { CoursePoint } from '../model/case.ts'
import type { Instant } from '../model/time.ts'
import type { Seen } from './view.ts'

/** Something that happened between two looks. */
export interface CourseMark {
  at: Instant
  /** The most that was in use up to then; null: not known. */
  bytes: number | null
  /** `kill`: the kernel has killed in its group. */
  kind: 'kill' | 'start' | 'end'
  says: string
}

/** What one look adds to it. */
export interface CourseStep {
  points: readonly CoursePoint[]
  marks: readonly CourseMark[]
}

/** Ten minutes of looks. */
const MOST_POINTS = 1_200

/** @param before what was seen last; null: nobody has looked yet, and what happened until then has no time */
export function courseStep(before: Seen | null, after: Seen, at: Instant): CourseStep {
  const usageBytes = after.usageBytes ?? (after.status === 'running' ? null : 0)
  return {
    points: usageBytes === null ? [] : [{ at, usageBytes, limitBytes: after.limitBytes }],
    marks: before === null ? [] : marksBetween(before, after, at),
  }
}

/** With one step more; what is too old is left out. */
export function lengthened(course: CourseStep, step: CourseStep): CourseStep {
  const points = [...course.points, ...step.points].slice(-MOST_POINTS)
  const since = points[0]?.at ?? -Infinity
  return { points, marks: [...course.marks, ...step.marks].filter(({ at }) => at >= since) }
}

function marksBetween(before: Seen, after: Seen, at: Instant): readonly CourseMark[] {
  const mark = (kind: CourseMark['kind'], says: string): CourseMark => ({
    at,
    bytes: kind === 'kill' ? after.peakBytes : null,
    kind,
    says,
  })
  const kills = killsBetween(before, after)
  const hasEnded = before.status !== 'ended' && after.status === 'ended'
  return [
    ...(kills === 0 ? [] : [mark('kill', kills === 1 ? 'killed' : `killed ${kills} times`)]),
    // A kill says it already.
    ...(hasEnded && kills === 0 ? [mark('end', `ended with ${after.exitCode ?? 'no code'}`)] : []),
    ...(isAnother(before, after) ? [mark('start', 'started')] : []),
  ]
}

/** A new group begins to count anew. */
function killsBetween({ kills: before }: Seen, { kills: after }: Seen): number {
  if (after === null) return 0
  return before === null || after < before ? after : after - before
}

function isAnother({ main: before }: Seen, { main: after }: Seen): boolean {
  if (after === null) return false
  return before?.pid !== after.pid || before.startTicks !== after.startTicks
}
