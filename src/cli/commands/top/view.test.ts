import { describe, expect, it } from 'vitest'
import { row } from '../../../../test/support/watched.ts'
import { press } from './keys.ts'
import type { Key } from './keys.ts'
import { chosenRows, initialView } from './view.ts'
import type { View } from './view.ts'

const ID = 'ab'.repeat(32)
const container = { id: ID, engine: 'docker', name: 'web' }
const ROWS = [
  row({ path: '/', name: '/', depth: 0, usageBytes: 100 }),
  row({ path: '/docker', name: '/docker', depth: 1, usageBytes: 30 }),
  row({ path: `/docker/${ID}`, name: 'web', depth: 2, usageBytes: 30, container }),
  row({ path: '/system', name: '/system', depth: 1, usageBytes: 60 }),
  row({ path: '/system/a', name: '/system/a', depth: 2, usageBytes: 10 }),
  row({ path: '/system/b', name: '/system/b', depth: 2, usageBytes: 50 }),
]

/** The view after keys: signs, or names as readline gives them. */
function after(...keys: (string | Key)[]): View {
  let view = initialView('usage')
  for (const key of keys) {
    const pressed = typeof key === 'string' ? { sequence: key, name: key } : key
    view = press(view, pressed, chosenRows(ROWS, view), 3).view
  }
  return view
}

function names(view: View): string[] {
  return chosenRows(ROWS, view).map(({ name }) => name)
}

const ENTER = { name: 'return', sequence: '\r' }
const ESCAPE = { name: 'escape', sequence: '\u001b', meta: true }
const BACKSPACE = { name: 'backspace', sequence: '\u007f' }
const DOWN = { name: 'down', sequence: '\u001b[B' }
const END = { name: 'end', sequence: '\u001b[F' }

describe('keys', () => {
  it.each([
    ['u', 'usage'],
    ['l', 'percent'],
    ['p', 'pressure'],
    ['g', 'growth'],
    ['t', 'time'],
    ['n', 'name'],
  ])('%s sorts by %s', (key, sort) => {
    expect(after('n', 'r', key)).toMatchObject({ sort, reverse: false })
  })

  it('turn the order round', () => {
    expect(names(after('r'))[0]).toBe('/system/a')
  })

  it('show a tree, the siblings in order', () => {
    expect(names(after('v'))).toEqual(['/', '/system', '/system/b', '/system/a', '/docker', 'web'])
  })

  it('leave containers alone', () => {
    expect(names(after('c'))).toEqual(['web'])
    expect(names(after('c', 'c'))).toHaveLength(6)
  })

  it('filter by name and by path while it is typed, also with keys that do something else', () => {
    expect(names(after('/', 'S', 'y', 's'))).toEqual(['/system', '/system/b', '/system/a'])
    expect(after('/', 'q')).toMatchObject({ filter: 'q', typing: true })
    expect(names(after('/', ...'docker'))).toEqual(['/docker', 'web'])
    expect(after('/', 'x', 'y', BACKSPACE, ENTER)).toMatchObject({ filter: 'x', typing: false })
    expect(after('/', 'x', ESCAPE)).toMatchObject({ filter: '', typing: false })
    expect(after('/', 'x', ENTER, ESCAPE)).toMatchObject({ filter: '' })
  })

  it('take no control characters into the filter', () => {
    const keys = [
      { sequence: '\u0001', name: 'a', ctrl: true },
      END,
      { sequence: '\u001bx', meta: true },
    ]
    expect(after('/', ...keys).filter).toBe('')
  })

  it('mark a row that stays marked in another order', () => {
    const view = after(DOWN, DOWN)
    expect(view.selected).toBe('/system/b')
    expect(after(DOWN, DOWN, 'n').selected).toBe('/system/b')
  })

  it('never lead beyond the rows', () => {
    expect(after({ name: 'up' }).selected).toBe('/')
    expect(after(END, DOWN, DOWN).selected).toBe('/system/a')
    expect(after({ name: 'pagedown' }).selected).toBe(chosenRows(ROWS, after())[3]?.path)
    expect(after('/', 'z', 'z', ENTER, DOWN).selected).toBeNull()
  })

  it('open the marked row, and go back', () => {
    expect(after(DOWN, ENTER)).toMatchObject({ page: 'drill', selected: '/system' })
    expect(after(DOWN, ENTER, ESCAPE)).toMatchObject({ page: 'rows', selected: '/system' })
    expect(press(after(), ENTER, ROWS, 3).action).toBe('open')
    expect(press(after(ENTER), { sequence: 'r' }, ROWS, 3).action).toBe('open')
  })

  it('open nothing where nothing matches', () => {
    const view = after('/', 'z', 'z', ENTER)
    expect(press(view, ENTER, [], 3)).toEqual({ view, action: null })
  })

  it('scroll help and what was opened, and not above its first line', () => {
    expect(after('?', DOWN, DOWN)).toMatchObject({ page: 'help', scroll: 2 })
    expect(after('?', { name: 'up' }).scroll).toBe(0)
    expect(after('?', END, { name: 'home' }).scroll).toBe(0)
    expect(after('?', 'u', '?')).toMatchObject({ page: 'rows', sort: 'usage' })
  })

  it.each(['rows', 'help', 'drill'] as const)('quit on the page of %s', (page) => {
    const view = { ...after(), page }
    expect(press(view, { sequence: 'q', name: 'q' }, ROWS, 3).action).toBe('quit')
    const interrupt = { sequence: '\u0003', name: 'c', ctrl: true }
    expect(press(view, interrupt, ROWS, 3).action).toBe('quit')
    expect(press({ ...view, typing: true }, interrupt, ROWS, 3).action).toBe('quit')
  })
})
