/** The memory of a lab's workloads, as it comes in: pure. */
import type { LabMemoryDocument } from '../../src/server/lab-contract.ts'
import type { Course } from '../chart/course.ts'

/** By the names of workloads. */
export type LabCourses = ReadonlyMap<string, LabMemoryDocument>

const MOST_POINTS = 1_200

/** With what was told last. What is told again, after the connection was lost, counts once. */
export function withMemory(before: LabCourses, told: LabMemoryDocument): LabCourses {
  const known = before.get(told.workload)
  if (known?.since !== told.since) return new Map([...before, [told.workload, told]])
  const last = known.points.at(-1)?.at ?? -Infinity
  const lastMark = known.marks.at(-1)?.at ?? -Infinity
  const points = [...known.points, ...told.points.filter(({ at }) => at > last)].slice(-MOST_POINTS)
  const since = points[0]?.at ?? -Infinity
  const marks = [...known.marks, ...told.marks.filter(({ at }) => at > lastMark)]
  const longer = { ...told, points, marks: marks.filter(({ at }) => at >= since) }
  return new Map([...before, [told.workload, longer]])
}

/** As a chart takes it. */
export function courseOf({ points, marks }: LabMemoryDocument): Course {
  return {
    points,
    marks: marks.map(({ at, bytes, kind, says }) => ({
      at,
      bytes,
      kind: kind === 'kill' ? 'kill' : 'phase',
      label: says,
    })),
  }
}
