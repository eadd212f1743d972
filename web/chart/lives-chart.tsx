import { useMemo } from 'preact/hooks'
import UPlot from 'uplot'
import type { CaseLives } from '../../src/model/case.ts'
import { livingOverTime } from '../../src/report/lives.ts'
import { colourOf } from '../shell/theme.ts'
import { clock } from '../words/time.ts'
import { axisLook } from './look.ts'
import { Plot } from './plot.tsx'
import type { PlotSettings } from './plot.tsx'

const HEIGHT = 150

/** How many live at a time, or what they are given of the CPU: up with each start, down with each end. */
export function LivesChart({ lives, title }: { lives: CaseLives; title: string }) {
  const { each } = unitOf(lives)
  const steps = useMemo(() => livingOverTime(lives), [lives])
  const data = useMemo(
    (): UPlot.AlignedData => [
      steps.map(({ at }) => at / 1_000),
      steps.map(({ living }) => living * each),
    ],
    [steps, each],
  )
  return (
    <Plot
      height={HEIGHT}
      label={title}
      data={data}
      options={(settings) => optionsOf(lives, settings)}
      tell={(index) => {
        const step = steps[index]
        return step === undefined ? null : `from ${clock(step.at)}  ${amount(lives, step.living)}`
      }}
    />
  )
}

function unitOf({ cpus }: CaseLives): { each: number; unit: string } {
  return cpus === null ? { each: 1, unit: 'living' } : { each: cpus, unit: 'CPU' }
}

function amount(lives: CaseLives, living: number): string {
  const { each, unit } = unitOf(lives)
  return `${Number((living * each).toFixed(3))} ${unit}`
}

/** Room at both ends, so that the first start and the last end are seen. */
const ROOM = 0.02
const LEAST_SPAN_SECONDS = 4

function optionsOf(lives: CaseLives, settings: PlotSettings): UPlot.Options {
  const axis = axisLook()
  const { each } = unitOf(lives)
  const { stepped } = UPlot.paths
  return {
    width: settings.width,
    height: settings.height,
    legend: { show: false },
    cursor: { y: false, drag: { x: false, y: false }, points: { size: 8 } },
    scales: {
      x: {
        time: true,
        range: (_, from, to) => {
          const room = Math.max(to - from, LEAST_SPAN_SECONDS) * ROOM
          return [from - room, to + room]
        },
      },
      y: { range: (_, __, most) => [0, most * 1.14] },
    },
    axes: [
      {
        ...axis,
        space: 90,
        size: 32,
        values: (_, splits) => splits.map((at) => clock(at * 1_000).slice(0, 8)),
      },
      {
        ...axis,
        size: 76,
        space: 40,
        // Half a life is none.
        incrs: [1, 2, 5, 10, 20, 50, 100].map((count) => count * each),
        values: (_, splits) => splits.map((at) => (at === 0 ? '0' : amount(lives, at / each))),
      },
    ],
    series: [
      {},
      {
        stroke: colourOf('--accent'),
        width: 2,
        fill: colourOf('--accent-soft'),
        points: { show: false },
        ...(stepped === undefined ? {} : { paths: stepped({ align: 1 }) }),
      },
    ],
    hooks: { setCursor: [(plot) => settings.onPoint(plot.cursor.idx ?? null)] },
  }
}
