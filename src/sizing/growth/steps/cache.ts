import { largestOf, smallestOf } from '../../../model/extremes.ts'
import { AT_LIMIT } from '../borders.ts'
import { sayBytes } from '../says.ts'
import { standsStill, worthNaming } from '../significance.ts'
import { pointsOf } from '../stretch.ts'
import { floorOf, lineThrough } from '../trend.ts'
import type { Answer, View } from '../view.ts'

/** Of the samples, that stand at the limit without a kill. */
const LEAST_AT_LIMIT = 0.2
/** Page cache that fills the rest of the limit, as a share of it. */
const FULL = 0.9
const LEAST_FILE = 0.25

/** It stands at its limit and lives: what is there can be reclaimed. Tells where nothing but the usage is known. */
export function fullAndAlive({ measure, judged, limitBytes }: View): Answer | null {
  if (measure === 'unreclaimable' || measure === 'anonymous' || limitBytes === null) return null
  const full = judged.values.filter((value) => value >= AT_LIMIT * limitBytes).length
  if (full < Math.max(3, LEAST_AT_LIMIT * judged.values.length)) return null
  return {
    kind: 'cache',
    diagnosis: 'page-cache',
    confidence: 0.5,
    because: [
      `it stands at its limit of ${sayBytes(limitBytes)} and is not killed: what can be reclaimed, page cache, fills it`,
    ],
  }
}

/** Page cache grows or fills the limit, and what cannot be reclaimed stands still. */
export function pageCache(view: View): Answer | null {
  const { judged, trend, limitBytes } = view
  if (!standsStill(view, trend)) return null
  const points = pointsOf(judged, 'fileBytes')
  const file = lineThrough(floorOf(points), points.times.at(-1) ?? 0)
  if (file === null) return null
  const highest = largestOf(points.values)
  const rise = highest - smallestOf(points.values)
  const grows = file.slope.low > 0 && rise >= worthNaming(view, trend.levelBytes + highest)
  const held = points.values.at(-1) ?? 0
  const usage = pointsOf(judged, 'usageBytes').values.at(-1) ?? 0
  const fills = limitBytes !== null && usage >= FULL * limitBytes && held >= LEAST_FILE * limitBytes
  if (!grows && !fills) return null
  return {
    kind: 'cache',
    diagnosis: 'page-cache',
    confidence: 0.85,
    component: 'file',

    because: [
      `what cannot be reclaimed stands at ${sayBytes(trend.levelBytes)}; page cache ${grows ? `grew by ${sayBytes(rise)}` : `of ${sayBytes(held)} fills the rest`}, and the kernel drops it before it kills`,
    ],
  }
}
