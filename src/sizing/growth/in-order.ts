import type { Sample } from '../../model/series.ts'
import type { Instant } from '../../model/time.ts'

/** The samples up to a moment, oldest first, one for each time: a clock that jumped, or two sources, can mix them up. */
export function inOrder(samples: readonly Sample[], until: Instant): Sample[] {
  const usable = samples.filter(({ at }) => Number.isFinite(at) && at <= until)
  const rises = usable.every(({ at }, index) => index === 0 || at > (usable[index - 1]?.at ?? at))
  if (rises) return usable
  const sorted = usable.toSorted((a, b) => a.at - b.at)
  return sorted.filter(({ at }, index) => at !== sorted[index + 1]?.at)
}
