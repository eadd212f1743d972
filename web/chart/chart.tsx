import { useEffect, useRef } from 'preact/hooks'
import UPlot from 'uplot'
import 'uplot/dist/uPlot.min.css'
import { formatBytes } from '../../src/model/bytes.ts'
import { useStore } from '../shell/store.ts'
import { coloursChanged } from '../shell/theme.ts'
import { chartOptions } from './chart-options.ts'
import { courseInWords, isLimitInSight, secondsOf, timeInWords } from './course.ts'
import type { Course } from './course.ts'

const HEIGHT = 260
/** Behind the time and the usage. */
const LIMIT_SERIES = 2

/** The course of a group's memory, with its limit and what happened. The same stands in words and in a table beside it. */
export function Chart({ course, title }: { course: Course; title: string }) {
  const box = useRef<HTMLDivElement>(null)
  const plot = useRef<UPlot | null>(null)
  const readout = useRef<HTMLParagraphElement>(null)
  const colours = useStore(coloursChanged)
  const latest = useRef(course)
  latest.current = course

  useEffect(() => {
    const { current: element } = box
    if (element === null) return undefined
    const options = chartOptions(() => latest.current, {
      width: element.clientWidth,
      height: HEIGHT,
      onPoint: (index) => tell(readout.current, latest.current, index),
    })
    const made = new UPlot(options, dataOf(latest.current), element)
    plot.current = made
    const watcher = new ResizeObserver(() =>
      made.setSize({ width: element.clientWidth, height: HEIGHT }),
    )
    watcher.observe(element)
    return () => {
      watcher.disconnect()
      made.destroy()
      plot.current = null
    }
  }, [colours])

  useEffect(() => {
    plot.current?.setData(dataOf(course))
    // A course that has just begun may not have come near its limit yet.
    plot.current?.setSeries(LIMIT_SERIES, { show: isLimitInSight(course) })
  }, [course])

  return (
    <figure class="chart">
      <div
        ref={box}
        class="chart-box"
        role="img"
        aria-label={`${title}: ${courseInWords(course)}`}
      />
      <p ref={readout} class="chart-readout" aria-hidden="true">
        {'\u00a0'}
      </p>
    </figure>
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

function tell(element: HTMLElement | null, course: Course, index: number | null): void {
  if (element === null) return
  const point = index === null ? undefined : course.points[index]
  if (point === undefined) {
    element.textContent = '\u00a0'
    return
  }
  const { usageBytes, limitBytes } = point
  const share =
    limitBytes === null
      ? ''
      : `, ${Math.round((usageBytes / limitBytes) * 100)} % of ${formatBytes(limitBytes)}`
  element.textContent = `${timeInWords(course, point.at)}  ${formatBytes(usageBytes)}${share}`
}
