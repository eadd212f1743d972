import { expect, it } from 'vitest'
import type { Row } from '../row.ts'
import { createCountedKills } from './counted-kills.ts'

function rows(counts: Readonly<Record<string, number | null>>): Row[] {
  return Object.entries(counts).map(([path, oomKills]): Row => ({
    path,
    name: path,
    depth: 0,
    container: null,
    gone: false,
    usageBytes: null,
    chargeBytes: null,
    unreclaimableBytes: null,
    dirtyBytes: null,
    limit: null,
    highBytes: null,
    pressure: null,
    limitHitsPerSecond: null,
    growthBytesPerMinute: null,
    timeLeft: { kind: 'unknown' },
    oomKills,
    processes: null,
    biggest: null,
    notes: [],
  }))
}

it('tells the innermost groups whose counters have risen', () => {
  const kills = createCountedKills()
  expect(kills.observe(rows({ '/': 0, '/a': 0, '/a/b': 0, '/ab': 0 }))).toEqual([])
  expect(kills.observe(rows({ '/': 2, '/a': 2, '/a/b': 2, '/ab': 0 }))).toEqual([
    { path: '/a/b', count: 2 },
  ])
  expect(kills.observe(rows({ '/': 4, '/a': 3, '/a/b': 2, '/ab': 1 }))).toEqual([
    { path: '/a', count: 1 },
    { path: '/ab', count: 1 },
  ])
  expect(kills.observe(rows({ '/': 4, '/a': 3, '/a/b': null, '/ab': 1 }))).toEqual([])
})

it('tells a group that is new and has kills', () => {
  const kills = createCountedKills()
  kills.observe(rows({ '/': 0 }))
  expect(kills.observe(rows({ '/': 1, '/new': 1 }))).toEqual([{ path: '/new', count: 1 }])
})
