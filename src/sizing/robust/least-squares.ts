/** The line through points with the smallest sum of squares. */
export function leastSquares(
  x: readonly number[],
  y: readonly number[],
): { start: number; slope: number; squares: number } {
  const count = x.length
  const meanX = x.reduce((sum, value) => sum + value / count, 0)
  const meanY = y.reduce((sum, value) => sum + value / count, 0)
  let [xx, xy] = [0, 0]
  for (const [index, value] of x.entries()) {
    xx += (value - meanX) ** 2
    xy += (value - meanX) * ((y[index] ?? 0) - meanY)
  }
  const slope = xx > 0 ? xy / xx : 0
  const start = meanY - slope * meanX
  const squares = x.reduce(
    (sum, value, index) => sum + ((y[index] ?? 0) - start - slope * value) ** 2,
    0,
  )
  return { start, slope, squares }
}
