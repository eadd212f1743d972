import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { row, snapshot } from '../../../../test/support/watched.ts'
import type { Row } from '../../../watch/row.ts'
import type { Screen, ScreenKey } from '../../render/screen.ts'
import { PLAIN } from '../../render/paint.ts'
import type { Drill } from './drill.ts'
import { runLive } from './live.ts'

/** A screen without a terminal: what it shows, and hands to press its keys. */
function fakeScreen(): Screen & {
  shown: readonly string[]
  drawn: number
  press(...keys: (string | ScreenKey)[]): void
  resize(columns: number, rows: number): void
  hangUp(): void
} {
  let size = { columns: 80, rows: 10 }
  let key: (key: ScreenKey) => void = () => {}
  let resized: () => void = () => {}
  let ended: () => void = () => {}
  const screen = {
    shown: Array<string>(),
    drawn: 0,
    size: () => size,
    draw: (lines: readonly string[]) => {
      screen.shown = [...lines]
      screen.drawn++
    },
    onKey: (listener: typeof key) => void (key = listener),
    onResize: (listener: typeof resized) => void (resized = listener),
    onEnd: (listener: typeof ended) => void (ended = listener),
    close() {},
    press: (...keys: (string | ScreenKey)[]) => {
      for (const each of keys) key(typeof each === 'string' ? { sequence: each, name: each } : each)
    },
    resize: (columns: number, rows: number) => {
      size = { columns, rows }
      resized()
    },
    hangUp: () => ended(),
  }
  return screen
}

const ENTER = { name: 'return', sequence: '\r' }
const ROWS = [row({ path: '/a', name: '/a', usageBytes: 9 }), row({ path: '/b', name: '/b' })]
const NO_DRILL: Drill = async () => []

function live(
  screen: Screen,
  over: { sample?: () => readonly Row[]; drill?: Drill } = {},
): Promise<void> {
  return runLive({
    sample: () => snapshot((over.sample ?? (() => ROWS))()),
    drill: over.drill ?? NO_DRILL,
    screen,
    sort: 'usage',
    intervalMs: 1_000,
    paint: PLAIN,
  })
}

describe('the live view', () => {
  beforeEach(() => void vi.useFakeTimers())
  afterEach(() => void vi.useRealTimers())

  it('shows a round at once, and another each second, until q', async () => {
    const screen = fakeScreen()
    let rounds = 0
    const done = live(screen, { sample: () => [row({ path: `/round${++rounds}`, name: 'r' })] })
    expect(screen.shown.join('\n')).toContain('/round1')
    vi.advanceTimersByTime(3_100)
    expect(screen.shown.join('\n')).toContain('/round4')
    screen.press('q')
    await done
    vi.advanceTimersByTime(10_000)
    expect(rounds).toBe(4)
  })

  it('answers a key without waiting for the next round', () => {
    const screen = fakeScreen()
    void live(screen)
    screen.press('n')
    expect(screen.shown[1]).toContain('by name')
    screen.press({ name: 'down' })
    expect(screen.shown.find((line) => line.startsWith('>'))).toMatch(/^>\/b/)
  })

  it('fits itself to another size', () => {
    const screen = fakeScreen()
    void live(screen)
    screen.resize(40, 6)
    expect(screen.shown.map((line) => line.length)).toEqual(Array(6).fill(40))
  })

  it('opens a group with what it is given for that', async () => {
    const screen = fakeScreen()
    void live(screen, { drill: async ({ path }) => [`bill of ${path}`, 'evil\u001b[2J'] })
    screen.press(ENTER)
    expect(screen.shown[2]).toContain('reading ...')
    await vi.advanceTimersByTimeAsync(0)
    expect(screen.shown[2]).toContain('bill of /a')
    expect(screen.shown[3]).toContain('evil\\x1b[2J')
  })

  it('shows why a group could not be opened', async () => {
    const screen = fakeScreen()
    void live(screen, { drill: () => Promise.reject(new Error('no such group')) })
    screen.press(ENTER)
    await vi.advanceTimersByTimeAsync(0)
    expect(screen.shown[2]).toContain('no such group')
  })

  it('does not show the answer about one group under the name of another', async () => {
    const screen = fakeScreen()
    const slow = (path: string): number => (path === '/a' ? 5_000 : 10)
    void live(screen, {
      drill: ({ path }) =>
        new Promise((resolve) => setTimeout(() => resolve([`of ${path}`]), slow(path))),
    })
    screen.press(ENTER, { name: 'escape' }, { name: 'down' }, ENTER)
    await vi.advanceTimersByTimeAsync(6_000)
    expect(screen.shown[1]).toContain('/b')
    expect(screen.shown[2]).toContain('of /b')
  })

  it('ends with the fault of a later round, and asks for no more', async () => {
    const screen = fakeScreen()
    let rounds = 0
    const done = live(screen, {
      sample: () => {
        if (++rounds === 3) throw new Error('broken')
        return ROWS
      },
    })
    const fault = done.catch((error: unknown) => error)
    await vi.advanceTimersByTimeAsync(9_000)
    expect(await fault).toEqual(new Error('broken'))
    expect(rounds).toBe(3)
  })

  it('ends when the terminal goes away', async () => {
    const screen = fakeScreen()
    const done = live(screen)
    screen.hangUp()
    expect(await done).toBeUndefined()
  })

  it('pauses for longer where a round is work for the machine', () => {
    let clock = 0
    vi.spyOn(performance, 'now').mockImplementation(() => clock)
    const screen = fakeScreen()
    let rounds = 0
    void live(screen, {
      sample: () => {
        rounds++
        clock += 2_000
        return ROWS
      },
    })
    vi.advanceTimersByTime(1_000)
    expect(rounds).toBe(2)
    vi.advanceTimersByTime(9_900)
    expect(rounds).toBe(2)
    vi.advanceTimersByTime(200)
    expect(rounds).toBe(3)
  })
})
