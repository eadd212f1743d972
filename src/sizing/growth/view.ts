import type { Growth } from '../../model/growth.ts'
import type { Recording } from '../../model/series.ts'
import type { Measure } from './figures.ts'
import type { Stretch } from './stretch.ts'
import type { Trend } from './trend.ts'

/** A stretch of a life that began where it begins, with its trend. */
export interface Life {
  stretch: Stretch
  trend: Trend
}

/** What the steps of the decision list read. */
export interface View {
  recording: Recording
  measure: Measure
  /** Oldest first. */
  stretches: readonly Stretch[]
  /** Those of lives that began where they begin, with enough samples. */
  lives: readonly Life[]
  /** The last one with enough samples. */
  judged: Stretch
  trend: Trend
  /** Of the judged stretch, or the last one that is known. */
  limitBytes: number | null
  /** A limit that is farther away than this is none. */
  horizonSeconds: number
}

/** What a step says where it decides. */
export type Answer = Pick<Growth, 'kind' | 'diagnosis' | 'confidence' | 'because'> & Partial<Growth>

/** One step of the list; null: it does not decide. */
export type Step = (view: View) => Answer | null
