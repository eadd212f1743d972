import { largestOf } from '../model/extremes.ts'
/**
 * A table for people: columns as wide as their widest cell, those of `right` flushed right, the last one not padded.
 *
 * @param head what the columns are, in words; they stand in capitals, as people know it from docker and kubectl. Empty: the rows
 * alone
 */
export function textTable(
  head: readonly string[],
  rows: readonly (readonly string[])[],
  right: readonly number[] = [],
): string[] {
  const all = head.length === 0 ? rows : [head.map(inCapitals), ...rows]
  const columns = Math.max(0, largestOf(all.map((row) => row.length)))
  const widths = Array.from({ length: columns }, (_, column) =>
    largestOf(all.map((row) => (row[column] ?? '').length)),
  )
  return all.map((row) =>
    widths
      .map((width, column) => {
        const cell = row[column] ?? ''
        return right.includes(column) ? cell.padStart(width) : cell.padEnd(width)
      })
      .join('  ')
      .trimEnd(),
  )
}

/** A unit stays as it is: `GROWTH/m` is by the minute. */
function inCapitals(head: string): string {
  return head.replace(/(?<!\/)\b[a-z]+|(?<=[A-Z])[a-z]+/g, (word) => word.toUpperCase())
}
