/** The memory of a lab over time, and what stella's own forecast says of it. */
import type { Growth } from '../model/growth.ts'
import { NO_SAMPLE } from '../model/series.ts'
import type { Sample } from '../model/series.ts'
import type { Instant } from '../model/time.ts'
import { classifyGrowth } from '../sizing/growth/classify.ts'
import type { Courses, Moment } from './view.ts'

/** Ten minutes of looks. */
const MOST_SAMPLES = 2_400

/** With what is seen now as the last of it. */
export function courseOn(before: Courses, { workloads }: Moment, at: Instant): Courses {
  return new Map(
    [...workloads].map(([name, seen]) => {
      const { usageBytes, anonBytes, shmemBytes, limitBytes, kills } = seen
      const sample = { usageBytes, anonBytes, shmemBytes, limitBytes, oomKills: kills }
      const course = [...(before.get(name) ?? []), { ...NO_SAMPLE, at, ...sample }]
      return [name, course.slice(-MOST_SAMPLES)]
    }),
  )
}

/** What a course shows; null where it says nothing yet. */
export function growthIn(course: readonly Sample[]): Growth | null {
  const last = course.at(-1)
  if (last === undefined) return null
  const growth = classifyGrowth(
    {
      subject: null,
      source: 'stella',
      group: { subject: 'group', name: null, process: null, samples: course, marks: [] },
      processes: [],
      regions: [],
      unknown: [],
    },
    { at: last.at },
  )
  return growth.segment === null ? null : growth
}

/** It goes on until the limit is reached. */
export function isLeak({ diagnosis }: Growth): boolean {
  return diagnosis === 'leak' || diagnosis === 'suspected-leak'
}
