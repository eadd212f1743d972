/** Makes a median absolute deviation the standard deviation of normal noise. */
const NORMAL = 1.4826

/**
 * The value below which a share of the values lies, between two values in proportion. NaN where there are none.
 *
 * @param sorted rising, without NaN
 * @param share 0 to 1
 */
export function quantile(sorted: ArrayLike<number>, share: number): number {
  const place = Math.min(1, Math.max(0, share)) * (sorted.length - 1)
  const below = sorted[Math.floor(place)] ?? Number.NaN
  const above = sorted[Math.ceil(place)] ?? Number.NaN
  return below + (above - below) * (place - Math.floor(place))
}

/** The values that are numbers, rising. */
export function sortedNumbers(values: Iterable<number>): Float64Array {
  return Float64Array.from([...values].filter((value) => Number.isFinite(value))).toSorted()
}

export function median(values: Iterable<number>): number {
  return quantile(sortedNumbers(values), 0.5)
}

/** Standard deviation that wild values do not move: from the median distance to the median. */
export function spread(values: readonly number[]): number {
  const middle = median(values)
  return NORMAL * median(values.map((value) => Math.abs(value - middle)))
}
