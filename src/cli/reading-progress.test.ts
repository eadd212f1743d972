import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { CliIo } from './context.ts'
import { progressOf } from './reading-progress.ts'

let told = ''

function io(columns: number | null): Pick<CliIo, 'err' | 'terminal'> {
  return { err: (text) => (told += text), terminal: columns === null ? null : { columns } }
}

beforeEach(() => {
  told = ''
  vi.useFakeTimers()
})
afterEach(() => vi.useRealTimers())

describe('while files are judged', () => {
  it('nothing is told where it is quick', () => {
    const progress = progressOf(io(80), {})
    vi.advanceTimersByTime(900)
    progress.judging(12)
    progress.end()
    vi.advanceTimersByTime(5_000)
    expect(told).toBe('')
  })

  it('one line tells what is done after a second, and is gone at the end', () => {
    const progress = progressOf(io(80), {})
    vi.advanceTimersByTime(1_100)
    expect(told).toBe('\rreading files … \u001b[K')
    progress.judging(12)
    expect(told).toContain('\rjudging 12 files … ')
    progress.end()
    expect(told.endsWith('\r\u001b[K')).toBe(true)
  })

  it('many files are told at once, for judging them lets no timer through', () => {
    progressOf(io(80), {}).judging(2_000)
    expect(told).toBe('\rjudging 2000 files … \u001b[K')
  })

  it.each([
    ['without a terminal', null, {}],
    ['with --quiet', 80, { quiet: true }],
    ['with --json', 80, { json: true }],
  ])('nothing is told %s', (_, columns, flags) => {
    const progress = progressOf(io(columns), flags)
    vi.advanceTimersByTime(2_000)
    progress.judging(2_000)
    progress.end()
    expect(told).toBe('')
  })
})
