import type { Row } from '../../../watch/row.ts'
import type { SortKey } from '../../../watch/sort.ts'
import { selectedIndex } from './view.ts'
import type { View } from './view.ts'

/** A key as node:readline tells it. */
export interface Key {
  /** `up`, `return`, `a`; undefined for most signs. */
  name?: string | undefined
  /** What the terminal sent. */
  sequence?: string | undefined
  ctrl?: boolean | undefined
  meta?: boolean | undefined
}

export interface Pressed {
  view: View
  /** What is to be done beside showing the view. */
  action: 'quit' | 'open' | null
}

const SORT_BY_KEY: Readonly<Record<string, SortKey>> = {
  u: 'usage',
  l: 'percent',
  p: 'pressure',
  g: 'growth',
  t: 'time',
  d: 'dirty',
  n: 'name',
}

/** What each key does, for the help. */
export const KEYS: readonly (readonly [key: string, says: string])[] = [
  [
    'u l p g t d n',
    'sort by usage, percent of the limit, pressure, growth, time left, dirty pages, name',
  ],
  ['r', 'the other way round'],
  ['/', 'filter by name or path; Enter keeps it, Esc drops it'],
  ['c', 'containers only'],
  ['v', 'groups as a tree'],
  ['arrows, PgUp, PgDn', 'move; Enter opens a group, Esc goes back'],
  ['? q', 'this help; quit'],
]

/**
 * The view after a key.
 *
 * @param rows those on the screen, in their order
 * @param pageLines lines that the screen has for them
 */
export function press(view: View, key: Key, rows: readonly Row[], pageLines: number): Pressed {
  if (key.ctrl === true && key.name === 'c') return { view, action: 'quit' }
  if (view.typing) return { view: typed(view, key), action: null }
  if (key.name === 'q') return { view, action: 'quit' }
  if (view.page !== 'rows') return pressOnPage(view, key, pageLines)
  if (isEnter(key)) {
    const selected = rows[selectedIndex(rows, view)]?.path
    if (selected === undefined) return { view, action: null }
    return { view: { ...view, selected, page: 'drill', scroll: 0 }, action: 'open' }
  }
  return { view: changed(view, key, rows, pageLines), action: null }
}

function changed(view: View, key: Key, rows: readonly Row[], pageLines: number): View {
  const steps = stepsOf(key, pageLines)
  if (steps !== null) return moved(view, rows, steps)
  const sort = key.ctrl === true ? undefined : SORT_BY_KEY[key.sequence ?? '']
  if (sort !== undefined) return { ...view, sort, reverse: false }
  switch (key.sequence) {
    case 'r':
      return { ...view, reverse: !view.reverse }
    case 'c':
      return { ...view, containersOnly: !view.containersOnly }
    case 'v':
      return { ...view, tree: !view.tree }
    case '/':
      return { ...view, typing: true }
    case '?':
    case 'h':
      return { ...view, page: 'help', scroll: 0 }
    case '\u001b':
      return { ...view, filter: '', selected: null }
    default:
      return view
  }
}

/** Help and an opened group: lines to scroll. */
function pressOnPage(view: View, key: Key, pageLines: number): Pressed {
  const steps = stepsOf(key, pageLines)
  if (steps !== null) {
    const scroll = Math.min(MAX_SCROLL, Math.max(0, view.scroll + steps))
    return { view: { ...view, scroll }, action: null }
  }
  if (view.page === 'drill' && (isEnter(key) || key.sequence === 'r')) {
    return { view, action: 'open' }
  }
  const leaves = ['escape', 'backspace', 'left'].includes(key.name ?? '') || key.sequence === '?'
  return { view: leaves ? { ...view, page: 'rows', scroll: 0 } : view, action: null }
}

const MAX_SCROLL = 10_000
const MAX_FILTER = 100

function typed(view: View, key: Key): View {
  if (isEnter(key)) return { ...view, typing: false }
  if (key.name === 'escape') return { ...view, typing: false, filter: '' }
  if (key.name === 'backspace')
    return { ...view, filter: Array.from(view.filter).slice(0, -1).join('') }
  const text = key.sequence ?? ''
  const isText =
    key.ctrl !== true && key.meta !== true && /^[^\p{Cc}\u2028\u2029]{1,4}$/u.test(text)
  if (!isText || Array.from(view.filter).length >= MAX_FILTER) return view
  return { ...view, filter: view.filter + text, selected: null }
}

function moved(view: View, rows: readonly Row[], steps: number): View {
  const last = Math.max(0, rows.length - 1)
  const index = Math.min(last, Math.max(0, selectedIndex(rows, view) + steps))
  return { ...view, selected: rows[index]?.path ?? null }
}

function stepsOf(key: Key, pageLines: number): number | null {
  switch (key.name) {
    case 'up':
    case 'k':
      return -1
    case 'down':
    case 'j':
      return 1
    case 'pageup':
      return -pageLines
    case 'pagedown':
    case 'space':
      return pageLines
    case 'home':
      return -Infinity
    case 'end':
      return Infinity
    default:
      return null
  }
}

function isEnter(key: Key): boolean {
  return key.name === 'return' || key.name === 'enter'
}
