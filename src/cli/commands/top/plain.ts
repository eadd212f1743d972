import type { Row, Snapshot } from '../../../watch/row.ts'
import { printable } from '../../../report/printable.ts'
import { textTable } from '../../../report/table.ts'
import { columnsFor } from './columns.ts'
import { hostLine } from './host-line.ts'

/** One round as lines of text. Names are whole, so that they can be searched. */
export function plainLines(
  snapshot: Snapshot,
  rows: readonly Row[],
  options: { quiet: boolean },
): string[] {
  const columns = columnsFor(snapshot.version)
  const head = ['Name', ...columns.map((column) => column.head), 'Notes']
  const right = columns.flatMap((column, index) => (column.isText === true ? [] : [index + 1]))
  const cells = rows.map((row) => [
    printable(row.name),
    ...columns.map((column) => printable(column.cell(row))),
    printable(row.notes.join(', ')),
  ])
  const lines = textTable(options.quiet ? [] : head, cells, right)
  if (options.quiet) return lines
  return [hostLine(snapshot), ...lines, ...snapshot.unknown.map((line) => `! ${printable(line)}`)]
}
