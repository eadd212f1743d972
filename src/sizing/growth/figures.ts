import { NO_LIMIT_BYTES } from '../../model/bytes.ts'
import type { Growth } from '../../model/growth.ts'
import type { Sample } from '../../model/series.ts'

export type Measure = NonNullable<Growth['measure']>
export type Figure = Exclude<keyof Sample, 'at'>

/** With fewer of its samples a figure cannot stand for the series. */
const LEAST_SHARE = 0.5

/** Best first: what cannot be reclaimed is what kills. */
const MEASURES: readonly { measure: Measure; figure: Figure }[] = [
  { measure: 'unreclaimable', figure: 'unreclaimableBytes' },
  { measure: 'anonymous', figure: 'anonBytes' },
  { measure: 'working-set', figure: 'workingSetBytes' },
  { measure: 'usage', figure: 'usageBytes' },
]

/** The best measure that most samples have. */
export function measureOf(samples: readonly Sample[]): Measure | null {
  for (const { measure, figure } of MEASURES) {
    const known = samples.reduce((count, sample) => count + (hasFigure(sample, figure) ? 1 : 0), 0)
    if (known > 0 && known >= LEAST_SHARE * samples.length) return measure
  }
  return null
}

/** What a sample says by that measure; NaN is not known. */
export function measured(sample: Sample, measure: Measure): number {
  // Shared memory is not anonymous in the kernel's counters, and kills as well.
  if (measure === 'anonymous') return figureOf(sample, 'anonBytes') + known(sample, 'shmemBytes')
  if (measure === 'unreclaimable') return withoutDirtyPages(sample)
  const found = MEASURES.find((entry) => entry.measure === measure)
  return found === undefined ? Number.NaN : figureOf(sample, found.figure)
}

/**
 * Pages that are not on disk yet cannot be reclaimed at this moment, but half a minute later: measured, a page cache that fills
 * looks like a leak until then. So growth is judged by what is no page cache, where the parts are known.
 */
function withoutDirtyPages(sample: Sample): number {
  const all = figureOf(sample, 'unreclaimableBytes')
  const parts = figureOf(sample, 'anonBytes') + figureOf(sample, 'shmemBytes')
  const rest = figureOf(sample, 'kernelBytes') + known(sample, 'socketBytes')
  return Number.isFinite(parts + rest) ? Math.min(all, parts + rest) : all
}

/** A figure as a number, NaN where it is not known or cannot be: negative, not a number, larger than any machine. */
export function figureOf(sample: Sample, figure: Figure): number {
  const value = sample[figure]
  return value !== null && value >= 0 && value < NO_LIMIT_BYTES ? value : Number.NaN
}

function hasFigure(sample: Sample, figure: Figure): boolean {
  return Number.isFinite(figureOf(sample, figure))
}

function known(sample: Sample, figure: Figure): number {
  const value = figureOf(sample, figure)
  return Number.isFinite(value) ? value : 0
}
