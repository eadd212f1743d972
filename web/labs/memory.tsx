import { useMemo } from 'preact/hooks'
import type { LabMemoryDocument } from '../../src/server/lab-contract.ts'
import { printable } from '../../src/report/printable.ts'
import { CourseTable } from '../chart/course-table.tsx'
import { courseInWords } from '../chart/course.ts'
import { lazy } from '../parts/lazy.tsx'
import { courseOf } from './lab-course.ts'
import type { LabCourses } from './lab-course.ts'

const Chart = lazy(async () => (await import('../chart/chart.tsx')).Chart)

/** Fewer samples show no course. */
const LEAST_POINTS = 2

/** The memory of each workload as it is used now, with its limit and what happened. */
export function Memory({ courses }: { courses: LabCourses }) {
  const shown = [...courses.values()].filter(({ points }) => points.length >= LEAST_POINTS)
  if (shown.length === 0) return null
  return (
    <section class="chapter" aria-labelledby="memory-title">
      <h2 id="memory-title">Memory</h2>
      {shown.map((memory) => (
        <One key={`${memory.workload} ${memory.since}`} memory={memory} />
      ))}
    </section>
  )
}

function One({ memory }: { memory: LabMemoryDocument }) {
  const course = useMemo(() => courseOf(memory), [memory])
  const name = printable(memory.workload)
  const title = `Memory of ${name}`
  return (
    <div class="lab-memory">
      <p>
        <strong>{name}</strong> <span class="faint">{courseInWords(course)}</span>
      </p>
      <Chart course={course} title={title} />
      <CourseTable course={course} title={title} />
    </div>
  )
}
