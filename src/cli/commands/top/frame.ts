import type { Row, Snapshot } from '../../../watch/row.ts'
import { shareOfLimit } from '../../../watch/row.ts'
import type { Paint } from '../../render/paint.ts'
import { fitted, flushRight } from '../../render/screen-text.ts'
import { columnsFor } from './columns.ts'
import type { Column } from './columns.ts'
import { hostLine } from './host-line.ts'
import { KEYS } from './keys.ts'
import { chosenRows, selectedIndex } from './view.ts'
import type { View } from './view.ts'

export interface Size {
  columns: number
  rows: number
}

/** Everything a frame shows. */
export interface Scene {
  snapshot: Snapshot
  view: View
  size: Size
  paint: Paint
  /** Lines of the group that was opened; null: they are being read. */
  opened: readonly string[] | null
  intervalMs: number
}

/** Lines above the rows (host, what is shown, heads) and below (the marked row, keys). */
const FURNITURE = 5
/** So many columns of a name are worth more than a figure. */
const LEAST_NAME = 22

/** Lines that a screen has for rows. */
export function pageLines({ rows }: Size): number {
  return Math.max(1, rows - FURNITURE)
}

/** The whole screen: as many lines as it has, none wider than it is. */
export function frame(scene: Scene): string[] {
  const { size, view, paint } = scene
  const body = view.page === 'rows' ? rowsPage(scene) : textPage(scene)
  const lines = [
    paint.bold(fitted(hostLine(scene.snapshot), size.columns)),
    ...body,
    paint.dim(fitted(hint(view), size.columns)),
  ]
  // On a screen of very few lines the rows are what counts least: heads and keys tell how to get out.
  return lines.length <= size.rows
    ? lines
    : [...lines.slice(0, Math.max(0, size.rows - 1)), ...lines.slice(-1)].slice(0, size.rows)
}

function rowsPage(scene: Scene): string[] {
  const { snapshot, view, size, paint } = scene
  const rows = chosenRows(snapshot.rows, view)
  const marked = selectedIndex(rows, view)
  const shown = pageLines(size)
  const first = Math.max(0, Math.min(marked - Math.floor(shown / 2), rows.length - shown))
  const layout = layoutFor(columnsFor(snapshot.version), size.columns)
  const body = rows
    .slice(first, first + shown)
    .map((row, index) => rowLine(row, layout, { view, paint, marked: first + index === marked }))
  const blank = ' '.repeat(size.columns)
  return [
    fitted(stateLine(scene, rows.length), size.columns),
    paint.bold(headLine(layout)),
    ...body,
    ...Array.from({ length: shown - body.length }, () => blank),
    paint.dim(fitted(detailLine(rows[marked], snapshot), size.columns)),
  ]
}

interface Layout {
  nameWidth: number
  columns: readonly Column[]
}

/** The columns that fit beside a name that can be read. */
function layoutFor(columns: readonly Column[], width: number): Layout {
  const chosen = new Set<Column>()
  let used = 1
  for (const column of columns.toSorted((a, b) => a.rank - b.rank)) {
    if (used + column.width + 1 > width - LEAST_NAME) break
    used += column.width + 1
    chosen.add(column)
  }
  return {
    nameWidth: Math.max(0, width - used),
    columns: columns.filter((column) => chosen.has(column)),
  }
}

function headLine({ nameWidth, columns }: Layout): string {
  const heads = columns.map(({ head, width, isText }) =>
    isText === true ? ` ${fitted(head, width)}` : ` ${flushRight(head, width)}`,
  )
  return ` ${fitted('NAME', nameWidth)}${heads.join('')}`
}

interface RowSetting {
  view: View
  paint: Paint
  marked: boolean
}

function rowLine(row: Row, { nameWidth, columns }: Layout, setting: RowSetting): string {
  const { view, paint, marked } = setting
  const name = view.tree ? treeName(row) : row.name
  const cells = columns.map(({ cell, width, isText }) =>
    isText === true ? ` ${fitted(cell(row), width)}` : ` ${flushRight(cell(row), width)}`,
  )
  const note = row.notes.length === 0 || nameWidth === 0 ? '' : '!'
  const shownName = fitted(name, nameWidth - note.length, name.startsWith('/') ? 'start' : 'end')
  const line = `${marked ? '>' : ' '}${shownName}${note}${cells.join('')}`
  if (row.gone) return paint.dim(line)
  if (isInDanger(row)) return paint.bad(line)
  return marked ? paint.bold(line) : line
}

/** The last part of a path below its parent; a container keeps its name. */
function treeName(row: Row): string {
  const own = row.name.startsWith('/') ? row.path.slice(row.path.lastIndexOf('/') + 1) : row.name
  return `${'  '.repeat(Math.min(row.depth, 12))}${own === '' ? '/' : own}`
}

const NEARLY_FULL = 0.95
const SOON_SECONDS = 60

function isInDanger(row: Row): boolean {
  const { timeLeft } = row
  const soon =
    timeLeft.kind === 'now' || (timeLeft.kind === 'seconds' && timeLeft.low < SOON_SECONDS)
  return soon || (shareOfLimit(row) ?? 0) >= NEARLY_FULL
}

function stateLine({ snapshot, view, intervalMs }: Scene, shown: number): string {
  const all = snapshot.rows.length
  const parts = [
    shown === all ? `${all} groups` : `${shown} of ${all} groups`,
    `by ${view.sort}${view.reverse ? ' reversed' : ''}`,
    `every ${Math.round(intervalMs / 1000)}s`,
    view.containersOnly ? 'containers only' : null,
    view.tree ? 'tree' : null,
    view.filter !== '' || view.typing ? `filter: ${view.filter}${view.typing ? '_' : ''}` : null,
    snapshot.unknown[0] === undefined ? null : `! ${snapshot.unknown[0]}`,
  ]
  return parts.filter((part) => part !== null).join('  ')
}

/** What has no column: where the row is, what is wrong, whose limit it is. */
function detailLine(row: Row | undefined, snapshot: Snapshot): string {
  if (row === undefined) return snapshot.rows.length === 0 ? 'no groups' : 'nothing matches'
  const limit = row.limit?.scope === 'ancestor' ? `limit of ${row.limit.path}` : null
  return [...row.notes, limit, row.path].filter((part) => part !== null).join('  ')
}

function textPage(scene: Scene): string[] {
  const { view, size, opened, paint } = scene
  const lines = view.page === 'help' ? helpLines(scene) : (opened ?? ['reading ...'])
  const shown = Math.max(1, size.rows - 3)
  const first = Math.max(0, Math.min(view.scroll, lines.length - shown))
  const title = view.page === 'help' ? 'stella top' : (view.selected ?? '')
  const body = lines.slice(first, first + shown).map((line) => fitted(line, size.columns))
  const blank = ' '.repeat(size.columns)
  return [
    paint.bold(fitted(title, size.columns)),
    ...body,
    ...Array.from({ length: shown - body.length }, () => blank),
  ]
}

function helpLines({ snapshot }: Scene): string[] {
  const columns = columnsFor(snapshot.version)
  return [
    '',
    ...KEYS.map(([key, says]) => `${key.padEnd(19)} ${says}`),
    '',
    ...columns.map(({ head, says }) => `${head.padEnd(9)} ${says}`),
    '',
    '! after a name: something about it could not be read; mark it to see what',
  ]
}

function hint(view: View): string {
  if (view.typing) return 'type a part of a name or path   Enter keep   Esc drop'
  if (view.page === 'help') return 'Esc back   arrows scroll   q quit'
  if (view.page === 'drill') return 'Esc back   arrows scroll   r read again   q quit'
  return 'u l p g t n sort  r reverse  / filter  Enter open  ? help  q quit'
}
