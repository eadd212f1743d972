import { useEffect, useMemo, useState } from 'preact/hooks'
import { Course } from '../../src/server/contract.ts'
import type { GroupDocument } from '../../src/server/contract.ts'
import { printable } from '../../src/report/printable.ts'
import type { Course as ChartCourse } from '../chart/course.ts'
import { courseInWords } from '../chart/course.ts'
import { CourseTable } from '../chart/course-table.tsx'
import { Fact } from '../parts/fact.tsx'
import { lazy } from '../parts/lazy.tsx'
import { Size } from '../parts/size.tsx'
import { Unanswered } from '../parts/unanswered.tsx'
import { useAsk } from '../server/use-ask.ts'

const Chart = lazy(async () => (await import('../chart/chart.tsx')).Chart)

/** A chart of minutes need not be drawn with each round. */
const AGAIN_MS = 3_000
const TITLE = 'Its memory of the last minutes'

/** One group, opened: its course, and what else is known of it. */
export function GroupCourse({ group }: { group: GroupDocument }) {
  const [beat, setBeat] = useState(0)
  useEffect(() => {
    const timer = setInterval(() => setBeat((count) => count + 1), AGAIN_MS)
    return () => clearInterval(timer)
  }, [])
  const { answer } = useAsk(`/api/course?path=${encodeURIComponent(group.path)}`, Course, beat)
  const course = useMemo(
    (): ChartCourse | null =>
      answer?.kind === 'ready'
        ? {
            points: answer.value.points.map((point) => ({ ...point, at: Date.parse(point.at) })),
            marks: [],
          }
        : null,
    [answer],
  )
  return (
    <div class="group-course">
      {course === null ? (
        answer?.kind === 'missing' ? (
          <p class="faint">Nothing was sampled of it yet.</p>
        ) : (
          <Unanswered answer={answer} what="its course" />
        )
      ) : course.points.length < 2 ? (
        <p class="faint">One sample so far; its course shows in a moment.</p>
      ) : (
        <>
          <p>{courseInWords(course)}</p>
          <Chart course={course} title={TITLE} />
          <CourseTable course={course} title={TITLE} />
        </>
      )}
      <dl class="facts facts-row">
        <Fact name="Group">{<code class="path">{printable(group.path)}</code>}</Fact>
        <Fact name="Charged in all">
          <Size bytes={group.chargeBytes} />
        </Fact>
        <Fact name="Cannot be given back">
          <Size bytes={group.unreclaimableBytes} />
        </Fact>
        {group.highBytes === null ? null : (
          <Fact name="Slowed down from">
            <Size bytes={group.highBytes} />
          </Fact>
        )}
        <Fact name="Processes">{group.processes ?? 'not known'}</Fact>
        {group.biggest === null ? null : (
          <Fact name="The largest of them">
            {printable(group.biggest.name ?? 'ended meanwhile')}{' '}
            <span class="faint">PID {group.biggest.pid}</span>,{' '}
            <Size bytes={group.biggest.rssBytes} />
          </Fact>
        )}
        <Fact name="Killed since the watch began">{group.oomKills ?? 'not known'}</Fact>
      </dl>
      {group.notes.length === 0 ? null : (
        <ul class="plain-list faint">
          {group.notes.map((note) => (
            <li key={note}>{printable(note)}</li>
          ))}
        </ul>
      )}
    </div>
  )
}
