import { formatBytes } from '../../src/model/bytes.ts'
import type { Case } from '../../src/model/case.ts'
import { CourseTable } from '../chart/course-table.tsx'
import { courseInWords } from '../chart/course.ts'
import type { Course, Mark } from '../chart/course.ts'
import { lazy } from '../parts/lazy.tsx'
import { weightOf } from '../words/verdict.ts'
import type { StoryWarning } from './memory-marks.ts'
import { Section } from './section.tsx'

const Chart = lazy(async () => (await import('../chart/chart.tsx')).Chart)

const TITLE = 'Its memory up to the end'
/** Fewer points show no course. */
const LEAST_POINTS = 2

/** Its memory over time with the limit, the warnings and the kill. */
export function MemorySection({
  found,
  warnings,
}: {
  found: Case
  warnings: readonly StoryWarning[]
}) {
  const course = courseOf(found, warnings)
  if (course.points.length < LEAST_POINTS) return <NoCourse found={found} />
  return (
    <Section id="memory" title={TITLE} lead={courseInWords(course)}>
      <Chart course={course} title={TITLE} />
      <CourseTable course={course} title={TITLE} />
    </Section>
  )
}

/** Without samples there is one figure at least: how full it was. */
function NoCourse({ found }: { found: Case }) {
  const { limitBytes, usageBytes } = found.binding
  if (limitBytes === null || usageBytes === null || limitBytes === 0) return null
  const percent = Math.round((usageBytes / limitBytes) * 100)
  return (
    <Section
      id="memory"
      title={TITLE}
      lead={`Nobody watched it before, so its course is not known. At that moment ${formatBytes(usageBytes)} of ${formatBytes(limitBytes)} were in use.`}
    >
      <p class="gauge">
        <span class="bar bar-large" aria-hidden="true">
          <span class="bar-fill bar-no" style={{ width: `${Math.min(100, percent)}%` }} />
        </span>
        <strong>{percent} %</strong>
      </p>
    </Section>
  )
}

function courseOf(found: Case, warnings: readonly StoryWarning[]): Course {
  const points = found.course ?? []
  const [first] = points
  const told = warnings
    .filter(({ at }) => first !== undefined && at >= first.at)
    .map(({ at, usedBytes, level }): Mark => ({
      at,
      bytes: usedBytes,
      kind: 'warning',
      label: `warned: ${level}`,
    }))
  const isKill = weightOf(found.verdict.code) === 'killed' && found.at !== null
  // What was in use at another limit is no height of this course.
  const isOwn = found.binding.scope === 'container'
  const kill: Mark[] = isKill
    ? [
        {
          at: found.at ?? 0,
          bytes: isOwn ? found.binding.usageBytes : null,
          kind: 'kill',
          label: 'killed',
        },
      ]
    : []
  return { points, marks: [...told, ...kill] }
}
