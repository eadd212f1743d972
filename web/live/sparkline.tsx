import { usageHistory } from './history.ts'

const WIDTH = 90
const HEIGHT = 24

/** Its last minute, from its least to its most. What it tells stands in figures beside it. */
export function Sparkline({ path }: { path: string }) {
  const values = usageHistory(path)
  if (values.length < 2)
    return <svg class="spark" viewBox={`0 0 ${WIDTH} ${HEIGHT}`} aria-hidden="true" />
  const [low, high] = [Math.min(...values), Math.max(...values)]
  // What moves by less than a fiftieth is drawn flat: the noise of a quiet group is no news.
  const room = Math.max(high - low, high / 50, 1)
  const step = WIDTH / (values.length - 1)
  const points = values.map(
    (value, at) =>
      `${(at * step).toFixed(1)},${(HEIGHT - 2 - ((value - low) / room) * (HEIGHT - 4)).toFixed(1)}`,
  )
  return (
    <svg
      class="spark"
      viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
      preserveAspectRatio="none"
      aria-hidden="true"
    >
      <polyline points={points.join(' ')} />
    </svg>
  )
}
