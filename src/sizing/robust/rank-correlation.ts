/**
 * Spearman's rank correlation: 1 where the one always rises with the other, however, and 0 where they have nothing to do with
 * each other, or where one of them never changes.
 */
export function rankCorrelation(a: readonly number[], b: readonly number[]): number {
  const count = Math.min(a.length, b.length)
  const [x, y] = [ranks(a.slice(0, count)), ranks(b.slice(0, count))]
  const middle = (count - 1) / 2
  let [xx, yy, xy] = [0, 0, 0]
  for (let index = 0; index < count; index++) {
    const dx = (x[index] ?? 0) - middle
    const dy = (y[index] ?? 0) - middle
    xx += dx * dx
    yy += dy * dy
    xy += dx * dy
  }
  return xx === 0 || yy === 0 ? 0 : xy / Math.sqrt(xx * yy)
}

/** The place of each value among the sorted ones; equal values share the middle of their places. */
function ranks(values: readonly number[]): Float64Array {
  const order = [...values.keys()].toSorted((a, b) => (values[a] ?? 0) - (values[b] ?? 0))
  const found = new Float64Array(values.length)
  for (let start = 0; start < order.length;) {
    let end = start
    while (end + 1 < order.length && values[order[end + 1] ?? 0] === values[order[start] ?? 0])
      end++
    for (let place = start; place <= end; place++) found[order[place] ?? 0] = (start + end) / 2
    start = end + 1
  }
  return found
}
