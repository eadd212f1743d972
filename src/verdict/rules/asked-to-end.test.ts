import { expect, test } from 'vitest'
import {
  cgroupState,
  containerEvent,
  containerState,
  incident,
  kill,
  NOW,
  oomReport,
  seen,
} from '../../../test/support/incident.ts'
import { MIB } from '../../model/bytes.ts'
import type { Ending, Incident } from '../incident.ts'
import { askedToEnd } from './asked-to-end.ts'

const STOP = { ...seen(containerEvent('kill', { signal: 15 })), says: 'docker sent signal 15' }
const DIED = seen(containerEvent('die', { exitCode: 137 }))

/** Somebody stopped it, and no kernel spoke. */
function stopped(ending: Partial<Ending> = {}, change: Partial<Incident> = {}): Incident {
  const end = { at: NOW, exitCode: 137, signal: null, askedBy: STOP, because: [DIED], ...ending }
  return incident({ reports: [], ending: end, ...change })
}

/** What the sentence goes on with behind who asked. */
function addition(given: Incident): string {
  const answer = askedToEnd.ask(given)
  if (answer.answer !== 'holds') throw new Error(answer.answer)
  return answer.summary.split('docker sent signal 15.')[1] ?? answer.summary
}

test('whoever stops a container has ended it, and it was not for memory', () => {
  expect(askedToEnd.code).toBe('killed-not-memory')
  expect(askedToEnd.ask(stopped())).toEqual({
    answer: 'holds',
    confidence: 'certain',
    summary:
      'container web was ended by a signal that somebody asked for (exit code 137): docker sent signal 15.',
    mainProcessDied: true,
    binding: expect.objectContaining({ scope: 'none', limitBytes: null }),
    because: [STOP, DIED],
    against: [],
  })
})

test('an exit code that nobody knows is not made up', () => {
  expect(askedToEnd.ask(stopped({ exitCode: null }))).toMatchObject({
    summary: expect.stringContaining('somebody asked for: docker sent signal 15.'),
  })
})

test('counters that stand at zero are shown beside it', () => {
  const events = { low: 0, high: 0, max: 0, oom: 0, oomKill: 0, oomGroupKill: 0 }
  const own = seen(cgroupState({ events }))
  const groups = { own, ancestors: [], nested: [] }
  expect(askedToEnd.ask(stopped({}, { groups }))).toMatchObject({ because: [STOP, DIED, own] })
})

test('a report of the kernel rules it out, whoever asked besides', () => {
  const report = seen(oomReport())
  expect(askedToEnd.ask(stopped({}, { reports: [report] }))).toEqual({
    answer: 'ruled-out',
    because: [report],
  })
})

test.each([
  ['a program that answered with 0 went in order', stopped({ exitCode: 0 })],
  ['nobody asked', stopped({ askedBy: null })],
  ['it lives', incident({ reports: [], alive: true, ending: null })],
])('%s: nothing is said of it', (_what, given) => {
  expect(askedToEnd.ask(given)).toEqual({ answer: 'not-shown' })
})

const FLAG =
  ' The engine also tells of an OOM kill in it: that was a child’s, or a full group’s above, and did not end it.'
const EARLIER = ' Earlier in the same life the kernel OOM-killed child (PID 77)'
const LEFT_DAMAGED = ' in it, which did not end it but left it damaged.'

function throttled(times: number, highBytes: number | null = 80 * MIB): Partial<Incident> {
  const events = { low: 0, high: times, max: 0, oom: 0, oomKill: 0, oomGroupKill: 0 }
  const own = seen(cgroupState({ highBytes, events }))
  return { groups: { own, ancestors: [], nested: [] } }
}

const flagged = seen(containerState({ oomKilled: true }))
const innocent = seen(containerState({ oomKilled: false }))
const one = seen(oomReport({ kills: [kill(77, 'child', 9)] }))
const three = seen(oomReport({ kills: [kill(77, 'child', 9), kill(78, 'b', 9), kill(79, 'c', 9)] }))

test.each<[string, Partial<Incident>, string]>([
  ['nothing', { container: innocent, events: [seen(containerEvent('start'))] }, ''],
  ['the flag of the engine', { container: flagged }, FLAG],
  ['the event of the engine', { events: [seen(containerEvent('oom'))] }, FLAG],
  ['a child that was killed before', { earlierKills: [one] }, `${EARLIER}${LEFT_DAMAGED}`],
  ['three of them', { earlierKills: [three] }, `${EARLIER} and 2 more${LEFT_DAMAGED}`],
  [
    'a child, which the flag is of',
    { earlierKills: [one], container: flagged },
    `${EARLIER}${LEFT_DAMAGED}`,
  ],
  [
    'that it was held back, so that a probe may have failed',
    throttled(12),
    ' Before that it was held back 12 times at its memory.high of 80 MiB, which may be why somebody ended it.',
  ],
  ['no throttling that never was', throttled(0), ''],
  ['no throttling without memory.high', throttled(12, null), ''],
])('tells beside it %s', (_what, change, words) => {
  expect(addition(stopped({}, change))).toBe(words)
})

test('what looks like a kill for memory, and is none, stands against it', () => {
  const given = stopped({}, { container: flagged, earlierKills: [one] })
  expect(askedToEnd.ask(given)).toMatchObject({ against: [flagged, one] })
  expect(askedToEnd.ask(stopped({}, { container: innocent }))).toMatchObject({ against: [] })
})
