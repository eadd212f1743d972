import { useMemo, useRef } from 'preact/hooks'
import type UPlot from 'uplot'
import { formatBytes } from '../../src/model/bytes.ts'
import { chartOptions } from './chart-options.ts'
import { courseInWords, isLimitInSight, secondsOf, timeInWords } from './course.ts'
import type { Course } from './course.ts'
import { Plot } from './plot.tsx'

const HEIGHT = 260
/** Behind the time and the usage. */
const LIMIT_SERIES = 2

/** The course of a group's memory, with its limit and what happened. The same stands in words and in a table beside it. */
export function Chart({ course, title }: { course: Course; title: string }) {
  const latest = useRef(course)
  latest.current = course
  const data = useMemo(() => dataOf(course), [course])
  return (
    <Plot
      height={HEIGHT}
      label={`${title}: ${courseInWords(course)}`}
      data={data}
      options={(settings) => chartOptions(() => latest.current, settings)}
      tell={(index) => pointInWords(course, index)}
      // A course that has just begun may not have come near its limit yet.
      onData={(plot) => plot.setSeries(LIMIT_SERIES, { show: isLimitInSight(course) })}
    />
  )
}

function dataOf(course: Course): UPlot.AlignedData {
  const { points } = course
  return [
    points.map(({ at }) => secondsOf(course, at)),
    points.map(({ usageBytes }) => usageBytes),
    points.map(({ limitBytes }) => limitBytes),
  ]
}

function pointInWords(course: Course, index: number): string | null {
  const point = course.points[index]
  if (point === undefined) return null
  const { usageBytes, limitBytes } = point
  const share =
    limitBytes === null
      ? ''
      : `, ${Math.round((usageBytes / limitBytes) * 100)} % of ${formatBytes(limitBytes)}`
  return `${timeInWords(course, point.at)}  ${formatBytes(usageBytes)}${share}`
}
