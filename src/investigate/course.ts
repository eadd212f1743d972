import type { CoursePoint } from '../model/case.ts'
import type { MemorySamples } from '../model/facts.ts'

/** More show no more in a picture. */
const MOST_POINTS = 240

/** Samples as a picture shows them, as many as it needs; null where there are none. */
export function courseOf(samples: { fact: MemorySamples } | null): readonly CoursePoint[] | null {
  if (samples === null) return null
  const points = samples.fact.samples.flatMap(({ at, usageBytes, limitBytes }): CoursePoint[] =>
    usageBytes === null ? [] : [{ at, usageBytes, limitBytes }],
  )
  const step = Math.ceil(points.length / MOST_POINTS)
  // Counted from the end: the last one is always there.
  return points.filter((_, index) => (points.length - 1 - index) % step === 0)
}
