import { median } from '../../robust/quantile.ts'
import { worthNaming } from '../significance.ts'
import { sayBytes } from '../says.ts'
import type { Series } from '../../../model/series.ts'
import { largestOf, smallestOf } from '../../../model/extremes.ts'
import type { Answer, View } from '../view.ts'

/** A child that lives for longer than this share of its parent's time is no snapshot. */
const MOST_SHARE = 0.5
/** Of the rise, that is gone when the child has ended. */
const GIVEN_BACK = 0.6

/** While a child of the same name lives, pages that are written are there twice. */
export function forkCopies(view: View): Answer | null {
  const rises = view.recording.processes.flatMap((child) => {
    const rise = isSnapshot(view, child) ? riseDuring(view, child) : null
    return rise === null ? [] : [rise]
  })
  const large = rises.filter((rise) => rise >= worthNaming(view, view.trend.levelBytes))
  if (large.length === 0 || large.length < rises.length / 2) return null
  return {
    kind: 'burst',
    diagnosis: 'fork-copy-on-write',
    confidence: large.length > 1 ? 0.85 : 0.6,
    because: [
      `${large.length === 1 ? 'once' : `${large.length} times`} memory rose by up to ${sayBytes(largestOf(large))} while a child of the same name was there, and fell when it ended: what is written meanwhile is copied`,
    ],
  }
}

function isSnapshot({ recording, judged }: View, child: Series): boolean {
  const [from, to] = timesOf(child)
  if (from <= judged.from || to - from > MOST_SHARE * (judged.to - judged.from)) return false
  return recording.processes.some((parent) => {
    const [parentFrom, parentTo] = timesOf(parent)
    return parent !== child && parent.name === child.name && parentFrom < from && parentTo >= to
  })
}

function timesOf({ samples }: Series): [number, number] {
  return [samples[0]?.at ?? Number.NaN, samples.at(-1)?.at ?? Number.NaN]
}

/** What the group rose by while the child lived; null where it did not come back. */
function riseDuring({ judged }: View, child: Series): number | null {
  const [from, to] = timesOf(child)
  const valuesIn = (least: number, most: number): number[] =>
    judged.values.filter((value, index) => {
      const at = judged.samples[index]?.at ?? 0
      return at >= least && at <= most && Number.isFinite(value)
    })
  const during = valuesIn(from, to)
  const lasted = Math.max(to - from, (judged.to - judged.from) / judged.values.length)
  const before = median(valuesIn(from - lasted, from - 1))
  const after = smallestOf(valuesIn(to + 1, to + lasted))
  const rise = largestOf(during) - before
  const back = Number.isFinite(after) ? after <= before + (1 - GIVEN_BACK) * rise : true
  return rise > 0 && back ? rise : null
}
