import type UPlot from 'uplot'
import { formatBytes, GIB } from '../../src/model/bytes.ts'
import { largestOf, smallestOf } from '../../src/model/extremes.ts'
import { colourOf } from '../shell/theme.ts'
import { clock } from '../words/time.ts'
import { highestBytes, isLimitInSight, secondsOf } from './course.ts'
import type { Course, Mark } from './course.ts'
import { axisLook, FONT } from './look.ts'
import type { PlotSettings } from './plot.tsx'

/** Sizes are told in binary units, so the lines of the grid are powers of two. */
const BINARY_STEPS = Array.from({ length: 50 }, (_, power) => 2 ** power)
const LEAST_SPAN_SECONDS = 4

export function chartOptions(course: () => Course, settings: PlotSettings): UPlot.Options {
  const colour = {
    accent: colourOf('--accent'),
    fill: colourOf('--accent-soft'),
    limit: colourOf('--bad'),
    warning: colourOf('--warn'),
    text: colourOf('--muted'),
  }
  const axis = axisLook()
  return {
    width: settings.width,
    height: settings.height,
    legend: { show: false },
    cursor: { y: false, drag: { x: false, y: false }, points: { size: 8 } },
    scales: {
      x: { time: course().since === undefined, range: () => spanOf(course()) },
      y: { range: () => [0, topOf(course())] },
    },
    axes: [
      {
        ...axis,
        space: 90,
        size: 32,
        values: (_, splits) => splits.map((at) => tickInWords(course(), at)),
      },
      {
        ...axis,
        size: 76,
        incrs: BINARY_STEPS,
        values: (_, splits) => splits.map((bytes) => (bytes === 0 ? '0' : formatBytes(bytes))),
      },
    ],
    series: [
      {},
      { stroke: colour.accent, width: 2, fill: colour.fill, points: { show: false } },
      {
        stroke: colour.limit,
        width: 1.5,
        dash: [6, 5],
        points: { show: false },
        show: isLimitInSight(course()),
      },
    ],
    hooks: {
      setCursor: [(plot) => settings.onPoint(plot.cursor.idx ?? null)],
      draw: [
        (plot) => {
          const { marks, points } = course()
          const limit = points.at(-1)?.limitBytes ?? null
          const isLimited = limit !== null && isLimitInSight(course())
          if (isLimited) {
            const kills = marks.filter(({ kind }) => kind === 'kill')
            const taken = kills.map(({ at }) => plot.valToPos(secondsOf(course(), at), 'x', true))
            drawLimitLabel(plot, { limitBytes: limit, taken }, colour.limit)
          }
          let written = 0
          let killsWritten = plot.bbox.left
          const top = isLimited ? plot.valToPos(limit, 'y', true) : plot.bbox.top
          for (const mark of marks) {
            const x = plot.valToPos(secondsOf(course(), mark.at), 'x', true)
            if (mark.kind === 'kill')
              killsWritten = drawKill(plot, { x, ...mark, written: killsWritten }, colour.limit)
            else if (mark.kind === 'phase')
              written = drawPhase(plot, { x, label: mark.label, written, top }, colour.text)
            else drawWarning(plot, x, mark, colour.warning)
          }
        },
      ],
    },
  }
}

function tickInWords({ since }: Course, seconds: number): string {
  return since === undefined
    ? clock(seconds * 1_000).slice(0, 8)
    : `${Number(seconds.toFixed(2))} s`
}

function spanOf(course: Course): [number, number] {
  const { points, marks } = course
  const times = [...points, ...marks].map(({ at }) => secondsOf(course, at))
  const [from, to] = [smallestOf(times), largestOf(times)]
  const least = course.since === undefined ? LEAST_SPAN_SECONDS : 0
  const room = Math.max(to - from, least) * 0.04
  return [from - room / 4, to + room]
}

function topOf(course: Course): number {
  const limits = isLimitInSight(course)
    ? course.points.map(({ limitBytes }) => limitBytes ?? 0)
    : []
  const top = Math.max(highestBytes(course), largestOf(limits))
  return Math.min(top * 1.14, 2 ** 20 * GIB)
}

/** @param taken where kills are: on the left, mostly, is none */
function drawLimitLabel(
  plot: UPlot,
  { limitBytes, taken }: { limitBytes: number; taken: readonly number[] },
  colour: string,
): void {
  const { ctx, bbox } = plot
  const label = `limit ${formatBytes(limitBytes)}`
  const gap = 6 * devicePixelRatio
  ctx.save()
  setText(ctx, colour, 'left')
  // A kill is told on its left, too.
  const room = 2 * ctx.measureText(label).width
  const isFree = taken.every((x) => x > bbox.left + room)
  ctx.textAlign = isFree ? 'left' : 'right'
  ctx.textBaseline = 'bottom'
  ctx.fillText(
    label,
    isFree ? bbox.left + gap : bbox.left + bbox.width - gap,
    plot.valToPos(limitBytes, 'y', true) - 4 * devicePixelRatio,
  )
  ctx.restore()
}

/** A line and a cross, and what it says where there is room. Gives how far to the right it wrote. */
function drawKill(
  plot: UPlot,
  { x, label, written }: Omit<LabelledLine, 'top'>,
  colour: string,
): number {
  const { ctx, bbox } = plot
  const size = 5 * devicePixelRatio
  const y = bbox.top + 10 * devicePixelRatio
  ctx.save()
  // The limit that was drawn before it is dashed.
  ctx.setLineDash([])
  ctx.strokeStyle = colour
  ctx.lineWidth = 2 * devicePixelRatio
  ctx.beginPath()
  ctx.moveTo(x, y + size)
  ctx.lineTo(x, bbox.top + bbox.height)
  ctx.moveTo(x - size, y - size)
  ctx.lineTo(x + size, y + size)
  ctx.moveTo(x + size, y - size)
  ctx.lineTo(x - size, y + size)
  ctx.stroke()
  setText(ctx, colour, 'left')
  ctx.textBaseline = 'middle'
  const { width } = ctx.measureText(label)
  const places = [x - 2 * size - width, x + 2 * size]
  const from = places.find((at) => at >= written && at + width <= bbox.left + bbox.width)
  if (from !== undefined) ctx.fillText(label, from, y)
  ctx.restore()
  return from === undefined ? written : Math.max(x + size, from + width)
}

interface LabelledLine {
  x: number
  label: string
  /** How far to the right something is written already. */
  written: number
  /** Where it begins, below what is written above. */
  top: number
}

/** A thin line, and beside it what begins there, where there is room. Gives how far to the right it wrote. */
function drawPhase(
  { ctx, bbox }: UPlot,
  { x, label, written, top }: LabelledLine,
  colour: string,
): number {
  const from = x + 5 * devicePixelRatio
  ctx.save()
  ctx.strokeStyle = colour
  ctx.lineWidth = devicePixelRatio
  ctx.setLineDash([2 * devicePixelRatio, 3 * devicePixelRatio])
  ctx.beginPath()
  ctx.moveTo(x, top)
  ctx.lineTo(x, bbox.top + bbox.height)
  ctx.stroke()
  setText(ctx, colour, 'left')
  ctx.textBaseline = 'top'
  const until = from + ctx.measureText(label).width
  const fits = from > written && until < bbox.left + bbox.width
  if (fits) ctx.fillText(label, from, top + 6 * devicePixelRatio)
  ctx.restore()
  return fits ? until : written
}

/** A triangle on the course: it differs from the kill by its shape, too. */
function drawWarning(plot: UPlot, x: number, mark: Mark, colour: string): void {
  const { ctx } = plot
  const y = plot.valToPos(mark.bytes ?? 0, 'y', true)
  const size = 6 * devicePixelRatio
  ctx.save()
  ctx.fillStyle = colour
  ctx.beginPath()
  ctx.moveTo(x, y - size)
  ctx.lineTo(x + size, y + size)
  ctx.lineTo(x - size, y + size)
  ctx.closePath()
  ctx.fill()
  ctx.restore()
}

function setText(ctx: CanvasRenderingContext2D, colour: string, align: CanvasTextAlign): void {
  ctx.fillStyle = colour
  ctx.textAlign = align
  ctx.font = FONT.replace('12px', `600 ${12 * devicePixelRatio}px`)
}
