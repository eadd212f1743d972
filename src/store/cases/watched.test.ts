import { expect, it, test } from 'vitest'
import type { WatchEntry } from './entry.ts'
import { watchLedger } from './watched.ts'

type Noted = Parameters<ReturnType<typeof watchLedger>['note']>[0]

function watch(at: number, what: WatchEntry['what'], source: string | null = null): WatchEntry {
  return { kind: 'watch', at, what, source, says: `${source ?? 'all'} ${what}` }
}

function gapsOf(entries: readonly Noted[], isRunning: boolean) {
  const ledger = watchLedger()
  for (const entry of entries) ledger.note(entry)
  return ledger.gaps(isRunning)
}

const DIED = 'stella watch ended without a word at some time in it'

test.each<[string, Noted[], boolean, ReturnType<typeof gapsOf>]>([
  ['nobody ever watched', [], false, null],
  ['a watch that runs leaves none', [watch(10, 'started')], true, []],
  [
    'one that ended, and began again',
    [watch(10, 'started'), watch(20, 'stopped'), watch(50, 'started')],
    true,
    [{ from: 20, to: 50, says: 'stella watch was not running' }],
  ],
  [
    'one that ended',
    [watch(10, 'started'), watch(20, 'stopped')],
    false,
    [{ from: 20, to: null, says: 'stella watch is not running' }],
  ],
  [
    'one that was killed: what it wrote last shows how long it lived at least',
    [watch(10, 'started'), { kind: 'case', at: 30 }, watch(50, 'started')],
    true,
    [{ from: 30, to: 50, says: DIED }],
  ],
  [
    'one that was killed and is still gone',
    [watch(10, 'started'), { kind: 'warning', at: 30 }],
    false,
    [{ from: 30, to: null, says: DIED }],
  ],
  [
    'sources that were blind, each by itself',
    [
      watch(10, 'started'),
      watch(20, 'blind', 'docker'),
      watch(25, 'blind', 'kernel log'),
      watch(30, 'blind', 'docker'),
      watch(40, 'sees', 'docker'),
    ],
    true,
    [
      { from: 20, to: 40, says: 'docker blind' },
      { from: 25, to: null, says: 'kernel log blind' },
    ],
  ],
  [
    'a source that was blind until the watch ended',
    [watch(10, 'started'), watch(20, 'blind', 'docker'), watch(30, 'stopped')],
    false,
    [
      { from: 20, to: 30, says: 'docker blind' },
      { from: 30, to: null, says: 'stella watch is not running' },
    ],
  ],
  [
    'a clock that was set back makes no time that ends before it begins',
    [watch(50, 'started'), watch(60, 'stopped'), watch(20, 'started')],
    true,
    [],
  ],
])('%s', (_, entries, isRunning, gaps) => {
  expect(gapsOf(entries, isRunning)).toEqual(gaps)
})

it('keeps the newest of many', () => {
  const entries = Array.from({ length: 5_000 }, (_, at) => [
    watch(at * 2, 'started'),
    watch(at * 2 + 1, 'stopped'),
  ]).flat()
  const gaps = gapsOf(entries, true)
  expect(gaps).toHaveLength(1_000)
  expect(gaps?.at(-1)).toMatchObject({ from: 9_997, to: 9_998 })
})
