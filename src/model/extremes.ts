/**
 * The largest of any number of values; -Infinity where there is none, as of `Math.max`. That itself takes its values from the
 * stack, which has room for some hundred thousand.
 */
export function largestOf(values: Iterable<number>): number {
  let largest = Number.NEGATIVE_INFINITY
  for (const value of values) largest = Math.max(largest, value)
  return largest
}

/** The smallest of any number of values; Infinity where there is none. */
export function smallestOf(values: Iterable<number>): number {
  let smallest = Number.POSITIVE_INFINITY
  for (const value of values) smallest = Math.min(smallest, value)
  return smallest
}
