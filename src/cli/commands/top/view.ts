import { sortRows } from '../../../watch/sort.ts'
import type { SortKey } from '../../../watch/sort.ts'
import type { Row } from '../../../watch/row.ts'

/** What the one at the keyboard chose. */
export interface View {
  readonly sort: SortKey
  readonly reverse: boolean
  readonly filter: string
  readonly typing: boolean
  readonly tree: boolean
  readonly containersOnly: boolean
  /** Path of the row that is marked; null: the first one, whichever that is. */
  readonly selected: string | null
  readonly page: 'rows' | 'help' | 'drill'
  /** First line of the page that is shown, where it is longer than the screen. */
  readonly scroll: number
}

export function initialView(sort: SortKey): View {
  return {
    sort,
    reverse: false,
    filter: '',
    typing: false,
    tree: false,
    containersOnly: false,
    selected: null,
    page: 'rows',
    scroll: 0,
  }
}

/** The rows that are chosen, in their order. */
export function chosenRows(rows: readonly Row[], view: View): Row[] {
  const needle = view.filter.toLowerCase()
  const chosen = rows.filter(
    (row) =>
      (!view.containersOnly || row.container !== null) &&
      (needle === '' || `${row.name}\n${row.path}`.toLowerCase().includes(needle)),
  )
  return view.tree ? treeOrder(chosen, view) : sortRows(chosen, view.sort, view.reverse)
}

interface Branch {
  row: Row
  below: Branch[]
}

/** Each group under the one above it; those of one parent in the chosen order. */
function treeOrder(rows: readonly Row[], view: View): Row[] {
  const top: Branch[] = []
  const above: Branch[] = []
  for (const row of rows) {
    const branch = { row, below: [] }
    while ((above.at(-1)?.row.depth ?? -1) >= row.depth) above.pop()
    const parent = above.at(-1)
    const siblings = parent === undefined || row.gone ? top : parent.below
    siblings.push(branch)
    above.push(branch)
  }
  return flattened(top, view)
}

function flattened(branches: readonly Branch[], view: View): Row[] {
  const byRow = new Map(branches.map((branch) => [branch.row, branch]))
  return sortRows([...byRow.keys()], view.sort, view.reverse).flatMap((row) => [
    row,
    ...flattened(byRow.get(row)?.below ?? [], view),
  ])
}

/** Where the marked row stands; the first where it is not there. */
export function selectedIndex(rows: readonly Row[], view: View): number {
  if (view.selected === null) return 0
  return Math.max(
    0,
    rows.findIndex(({ path }) => path === view.selected),
  )
}
