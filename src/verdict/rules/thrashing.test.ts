import { expect, test } from 'vitest'
import {
  cgroupState,
  incident,
  NOW,
  processState,
  samplesOf,
  seen,
} from '../../../test/support/incident.ts'
import { MIB } from '../../model/bytes.ts'
import type { CgroupState, MemoryEvents } from '../../model/facts.ts'
import type { Incident } from '../incident.ts'
import { thrashing } from './thrashing.ts'

/** As a kernel of 6.18 shows it of a process that writes faster than its disk. */
const WAITS_FOR_DISK = [
  'folio_wait_bit',
  'folio_wait_writeback',
  'shrink_folio_list',
  'try_to_free_mem_cgroup_pages',
  'try_charge_memcg',
]

function ask(stack: readonly string[], usageMib = 64) {
  const group = cgroupState({
    version: 1,
    limitBytes: 64 * MIB,
    usageBytes: usageMib * MIB,
    failcnt: 39_286,
  })
  return thrashing.ask(
    incident({
      reports: [],
      alive: true,
      groups: { own: seen(group), ancestors: [], nested: [] },
      processes: [seen(processState({ state: 'D', stack }))],
    }),
  )
}

test('a process that waits in reclaim for pages on their way to the disk is held back', () => {
  expect(ask(WAITS_FOR_DISK)).toMatchObject({
    answer: 'holds',
    confidence: 'certain',
    summary: expect.stringContaining('waits in the kernel until file pages are on the disk'),
  })
})

test.each([
  ['waits for the disk, and not for its limit', ['folio_wait_writeback', 'ext4_sync_file'], 64],
  ['reclaims, and waits for nobody', ['try_to_free_mem_cgroup_pages'], 64],
  ['is below its limit by now', WAITS_FOR_DISK, 32],
])('one that %s is not', (_what, stack, usageMib) => {
  expect(ask(stack, usageMib)).toEqual({ answer: 'not-shown' })
})

/** Alive below a limit of 100 MiB, as its group shows it. */
function alive(group: Partial<CgroupState>, change: Partial<Incident> = {}): Incident {
  const groups = { own: seen(cgroupState(group)), ancestors: [], nested: [] }
  return incident({ reports: [], alive: true, groups, ...change })
}

function counted(high: number, max: number): MemoryEvents {
  return { low: 0, high, max, oom: 0, oomKill: 0, oomGroupKill: 0 }
}

/** Percent of the last 10 s in which all its tasks stalled. */
function stalled(avg10: number): CgroupState['pressure'] {
  const line = { avg10, avg60: 0, avg300: 0, totalMicroseconds: 0 }
  return { some: { ...line, avg10: 99 }, full: line }
}

/** At a memory.high of 80 MiB. */
const atHigh = (usageMib: number, times: number, percent: number | null = null) =>
  alive({
    highBytes: 80 * MIB,
    usageBytes: usageMib * MIB,
    events: counted(times, 0),
    pressure: percent === null ? null : stalled(percent),
  })

const atLimit = (usageMib: number, hits: number, percent: number) =>
  alive({ usageBytes: usageMib * MIB, events: counted(0, hits), pressure: stalled(percent) })

/** Its memory goes to swap; ten seconds lie between two samples. */
function swapping(swapMib: number, faults: readonly (number | null)[], inAll = 0): Incident {
  const series = samplesOf(faults.map(() => 100))
  const samples = series.fact.samples.map((sample, at) => ({
    ...sample,
    pageMajorFaults: faults[at] ?? null,
  }))
  return alive(
    {
      usageBytes: 100 * MIB,
      events: counted(0, 7),
      swapUsageBytes: swapMib * MIB,
      stat: new Map([['pgmajfault', inAll]]),
    },
    { samples: faults.length === 0 ? null : { ...series, fact: { ...series.fact, samples } } },
  )
}

const STALLED = { usageBytes: 100 * MIB, events: counted(0, 1), pressure: stalled(50) }

/** What is in swap stands in its statistics, under either name. */
function swapped(name: 'swap' | 'total_swap'): Incident {
  const stat = new Map([
    [name, MIB],
    ['pgmajfault', 1_000],
  ])
  return alive({ usageBytes: 100 * MIB, events: counted(0, 7), stat })
}

const HIGH = 'memory.high of 80 MiB: it was throttled'
const LIMIT = 'its limit of 100 MiB: the limit was hit'
const AND_BACK = 'memory goes to swap and comes back'

test.each([
  [
    atHigh(80, 1, 10),
    'certain',
    `${HIGH} 1 times, all its tasks stalled for 10 % of the last 10 s`,
  ],
  [atHigh(77.6, 1_000), 'likely', `${HIGH} 1000 times. Nothing was killed.`],
  [atHigh(80, 1_000, 9), 'likely', `${HIGH} 1000 times, all its tasks stalled for 9 %`],
  [atLimit(95, 1, 10), 'certain', `${LIMIT} 1 times, all its tasks stalled for 10 %`],
  [swapping(1, [0, 511]), 'likely', `${LIMIT} 7 times, ${AND_BACK}. Nothing`],
  [swapping(1, [], 1_000), 'likely', `${LIMIT} 7 times, ${AND_BACK}. Nothing`],
  [swapping(1, [9_000, 9_400, 10_100]), 'likely', AND_BACK],
  [swapping(1, [null, 9_000, 9_511]), 'likely', AND_BACK],
  [swapped('swap'), 'likely', AND_BACK],
  [swapped('total_swap'), 'likely', AND_BACK],
  [
    alive({ ...STALLED, pressure: { some: stalled(50)?.some ?? null, full: null } }),
    'certain',
    LIMIT,
  ],
])('is held back: %#', (given, confidence, words) => {
  expect(thrashing.ask(given)).toMatchObject({
    answer: 'holds',
    confidence,
    summary: expect.stringMatching(held(words)),
    mainProcessDied: false,
    because: [given.groups.own, ...(given.samples === null ? [] : [given.samples])],
  })
})

test('each process that waits is counted', () => {
  const two = [1, 2].map((pid) => seen(processState({ pid, state: 'D', stack: WAITS_FOR_DISK })))
  expect(
    thrashing.ask(alive({ usageBytes: 100 * MIB, events: counted(0, 1) }, { processes: two })),
  ).toMatchObject({ summary: expect.stringContaining('2 processes wait in the kernel') })
})

test('at memory.high, that is the limit which binds', () => {
  expect(thrashing.ask(atHigh(80, 1, 10))).toMatchObject({
    binding: { scope: 'container', limitBytes: 80 * MIB, usageBytes: 80 * MIB },
  })
})

const THROTTLED = { highBytes: 80 * MIB, events: counted(5_000, 0), pressure: stalled(50) }
const END = { at: NOW, exitCode: 1, signal: null, askedBy: null, because: [] }

test.each([
  ['below memory.high', atHigh(77, 1_000, 50)],
  ['never throttled at memory.high', atHigh(80, 0, 50)],
  ['throttled for a moment', atHigh(80, 999, 9)],
  ['below its limit', atLimit(94.9, 1, 50)],
  ['never at its limit', atLimit(100, 0, 50)],
  ['hardly stalled, with nothing in swap', atLimit(100, 1, 9)],
  ['with little that comes back from swap', swapping(1, [0, 500])],
  ['with little of its many faults in that time', swapping(1, [9_000, 9_500])],
  ['of unknown usage below memory.high', alive({ ...THROTTLED, usageBytes: null })],
  ['of unknown usage below its limit', alive({ ...STALLED, usageBytes: null })],
  ['without a limit', alive({ ...STALLED, limitBytes: null })],
  ['with faults of files alone', swapping(0, [0, 5_000])],
  ['with few faults in all its life', swapping(1, [], 999)],
  ['dead', alive(STALLED, { alive: false })],
  ['ended', alive(STALLED, { alive: null, ending: END })],
  ['a group without processes', alive({ ...STALLED, pids: [] })],
  ['a group that says so itself', alive({ ...STALLED, populated: false })],
  ['not read', incident({ reports: [], alive: true })],
])('what is %s is not held back', (_what, given) => {
  expect(thrashing.ask(given)).toEqual({ answer: 'not-shown' })
})

function held(words: string): RegExp {
  return new RegExp(`^container web is alive but held back at .*${words.replaceAll('.', '\\.')}`)
}
