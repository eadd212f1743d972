import { useEffect, useRef } from 'preact/hooks'
import UPlot from 'uplot'
import 'uplot/dist/uPlot.min.css'
import { useStore } from '../shell/store.ts'
import { coloursChanged } from '../shell/theme.ts'

/** Where nothing is pointed at, the line stays as high as it is. */
const NOTHING = '\u00a0'

export interface PlotSettings {
  width: number
  height: number
  /** Told the point under the pointer; null: there is none. */
  onPoint(index: number | null): void
}

interface PlotProps {
  height: number
  /** The same in words, for whoever cannot see it. */
  label: string
  data: UPlot.AlignedData
  /** Asked again when the colours change. */
  options: (settings: PlotSettings) => UPlot.Options
  /** What is told of a point while it is pointed at. */
  tell: (index: number) => string | null
  /** What else has to be set with new data. */
  onData?: (plot: UPlot) => void
}

/** A plot as wide as there is room, in the colours of the page. */
export function Plot(props: PlotProps) {
  const { height, label, data } = props
  const box = useRef<HTMLDivElement>(null)
  const plot = useRef<UPlot | null>(null)
  const readout = useRef<HTMLParagraphElement>(null)
  const colours = useStore(coloursChanged)
  const latest = useRef(props)
  latest.current = props

  useEffect(() => {
    const { current: element } = box
    if (element === null) return undefined
    const options = latest.current.options({
      width: element.clientWidth,
      height,
      onPoint: (index) => {
        if (readout.current === null) return
        readout.current.textContent =
          index === null ? NOTHING : (latest.current.tell(index) ?? NOTHING)
      },
    })
    const made = new UPlot(options, latest.current.data, element)
    plot.current = made
    const watcher = new ResizeObserver(() => made.setSize({ width: element.clientWidth, height }))
    watcher.observe(element)
    return () => {
      watcher.disconnect()
      made.destroy()
      plot.current = null
    }
  }, [colours, height])

  useEffect(() => {
    if (plot.current === null) return
    plot.current.setData(data)
    latest.current.onData?.(plot.current)
  }, [data])

  return (
    <figure class="chart">
      <div
        ref={box}
        class="chart-box"
        style={{ minHeight: height }}
        role="img"
        aria-label={label}
      />
      <p ref={readout} class="chart-readout" aria-hidden="true">
        {NOTHING}
      </p>
    </figure>
  )
}
