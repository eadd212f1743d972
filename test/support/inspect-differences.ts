/** What an engine's `inspect` tells of a container before and after. */
import { isDeepStrictEqual } from 'node:util'

export interface Comparison {
  /** Paths of what goes with an id, a start or the time, and is no option of anybody's. */
  byTheWay: RegExp
  /** An item of a list as it is compared, where the engine writes the same in two ways. */
  compared?: (item: unknown) => unknown
}

/** The paths at which two inspect outputs differ. */
export function inspectDifferences(
  one: unknown,
  other: unknown,
  comparison: Comparison,
  path = '',
): string[] {
  if (comparison.byTheWay.test(path) || isDeepStrictEqual(one, other)) return []
  if (isPlain(one) && isPlain(other)) {
    return [...new Set([...Object.keys(one), ...Object.keys(other)])].toSorted().flatMap((key) => {
      const inner = path === '' ? key : `${path}.${key}`
      return inspectDifferences(one[key], other[key], comparison, inner)
    })
  }
  // The short id stands among the aliases; volumes and variables stand in any order.
  return isDeepStrictEqual(settled(one, comparison), settled(other, comparison)) ? [] : [path]
}

function settled(value: unknown, { compared = (item) => item }: Comparison): unknown {
  if (!Array.isArray(value)) return value
  const kept = value.filter((item) => typeof item !== 'string' || !/^[\da-f]{12}$/.test(item))
  return kept.map((item) => JSON.stringify(compared(item))).toSorted()
}

export function isPlain(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
