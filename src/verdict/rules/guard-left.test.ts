import { expect, test } from 'vitest'
import {
  cgroupState,
  containerEvent,
  incident,
  NOW,
  oomReport,
  PATH,
  seen,
} from '../../../test/support/incident.ts'
import { MIB } from '../../model/bytes.ts'
import type { BlackBox } from '../../model/facts.ts'
import type { Ending, Incident } from '../incident.ts'
import { guardLeft } from './guard-left.ts'

function box(change: Partial<BlackBox> = {}): BlackBox {
  return {
    kind: 'black-box',
    service: 'web',
    host: null,
    pid: 1,
    path: '/',
    tier: 'drain',
    usageBytes: 99 * MIB,
    unreclaimableBytes: 96 * MIB,
    limitBytes: 100 * MIB,
    heapBytes: 20 * MIB,
    heapLimitBytes: 64 * MIB,
    inFlight: 0,
    reservedBytes: 0,
    stalledMs: 0,
    left: true,
    leftFor: 'memory',
    ...change,
  }
}

const DIED = seen(containerEvent('die', { exitCode: 75 }))

/** A container with a limit of 100 MiB whose guard let it go. */
function leaving(
  written: Partial<BlackBox> = {},
  ending: Partial<Ending> | null = {},
  change: Partial<Incident> = {},
): Incident {
  const end = { at: NOW, exitCode: 75, signal: null, askedBy: null, because: [DIED] }
  return incident({
    reports: [],
    blackBox: seen(box(written)),
    ending: ending === null ? null : { ...end, ...ending },
    groups: { own: seen(cgroupState({ limitBytes: 100 * MIB })), ancestors: [], nested: [] },
    ...change,
  })
}

const HELD = ': 96 MiB of 100 MiB could not be reclaimed'
const NOBODY = 'The kernel killed nothing.'

test('a service whose guard let it go left by itself, for want of memory', () => {
  const given = leaving()
  expect(guardLeft.code).toBe('runtime-out-of-memory')
  expect(guardLeft.ask(given)).toMatchObject({
    answer: 'holds',
    confidence: 'certain',
    mainProcessDied: true,
    because: [given.blackBox, DIED],
    against: [],
  })
})

test.each<[Partial<BlackBox>, Partial<Ending>, string, string]>([
  [
    {},
    {},
    'certain',
    `before its limit was reached, exit code 75, as its own guard wrote down${HELD}. ${NOBODY}`,
  ],
  [
    { leftFor: 'shedding' },
    {},
    'certain',
    `as it had refused all work for want of memory for too long, exit code 75, as its own guard wrote down${HELD}. ${NOBODY}`,
  ],
  [
    {},
    { exitCode: 1 },
    'likely',
    `before its limit was reached, exit code 1, as its own guard wrote down${HELD}. ${NOBODY}`,
  ],
  [
    {},
    { exitCode: null },
    'likely',
    `before its limit was reached, as its own guard wrote down${HELD}. ${NOBODY}`,
  ],
  [
    { unreclaimableBytes: null },
    {},
    'certain',
    `before its limit was reached, exit code 75, as its own guard wrote down. ${NOBODY}`,
  ],
  [
    { limitBytes: null },
    {},
    'certain',
    `before its limit was reached, exit code 75, as its own guard wrote down. ${NOBODY}`,
  ],
])('says why it left, and what it held: %#', (written, ending, confidence, words) => {
  expect(guardLeft.ask(leaving(written, ending))).toMatchObject({
    confidence,
    summary: `container web left by itself ${words}`,
  })
})

test.each([
  ['it was asked to leave', leaving({ leftFor: 'asked' })],
  ['its guard was stopped', leaving({ leftFor: 'stopped' })],
  ['its guard did not let it go', leaving({ left: false, leftFor: null })],
  ['it lives', leaving({}, null)],
  ['it went in order', leaving({}, { exitCode: 0 })],
  ['it was killed before it could leave', leaving({}, { exitCode: 137 })],
  ['a signal killed it', leaving({}, { exitCode: null, signal: 9 })],
  ['it has no guard', leaving({}, {}, { blackBox: null })],
])('%s: nothing is said of its guard', (_what, given) => {
  expect(guardLeft.ask(given)).toEqual({ answer: 'not-shown' })
})

test('a report of the kernel rules it out', () => {
  const report = seen(oomReport())
  expect(guardLeft.ask(leaving({}, {}, { reports: [report] }))).toEqual({
    answer: 'ruled-out',
    because: [report],
  })
})

const OWN = { scope: 'container', path: PATH, limitBytes: 100 * MIB, usageBytes: 99 * MIB }
const HEAP = { scope: 'runtime', path: null, limitBytes: 64 * MIB, usageBytes: 63 * MIB }

test.each<[string, Partial<BlackBox>, object]>([
  ['its own limit, which was nearest', {}, OWN],
  ['its heap, which was nearer', { heapBytes: 63 * MIB }, HEAP],
  [
    'its heap alone, where it saw no limit',
    { heapBytes: 63 * MIB, limitBytes: null, unreclaimableBytes: null },
    HEAP,
  ],
  ['its own limit, where it has no heap', { heapBytes: null, heapLimitBytes: null }, OWN],
  ['its own limit, where its heap has none', { heapBytes: 63 * MIB, heapLimitBytes: 0 }, OWN],
  [
    'none by name, where the limit it saw is not its own',
    { limitBytes: 80 * MIB, unreclaimableBytes: 78 * MIB },
    { scope: 'none', path: null, limitBytes: 80 * MIB, usageBytes: 99 * MIB },
  ],
])('what bound it is %s', (_what, written, binding) => {
  expect(guardLeft.ask(leaving(written))).toMatchObject({ binding })
})

test('the limit that its guard saw is taken for its own where nothing else tells one', () => {
  const groups = { own: null, ancestors: [], nested: [] }
  expect(guardLeft.ask(leaving({}, {}, { groups }))).toMatchObject({ binding: OWN })
})
