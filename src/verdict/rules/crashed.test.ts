import { expect, it } from 'vitest'
import { incident, NOW } from '../../../test/support/incident.ts'
import type { Incident } from '../incident.ts'
import { crashed } from './crashed.ts'

function ended(exitCode: number | null, signal: number | null = null): Incident {
  return incident({
    reports: [],
    ending: { at: NOW, exitCode, signal, askedBy: null, because: [] },
  })
}

it.each([
  [1, null, 'exit code 1', 'likely'],
  [128, null, 'exit code 128', 'likely'],
  [134, null, 'SIGABRT (exit code 134)', 'certain'],
  [139, null, 'SIGSEGV (exit code 139)', 'certain'],
  [null, 11, 'SIGSEGV (exit code 139)', 'certain'],
  [2, 7, 'SIGBUS (exit code 2)', 'certain'],
])('exit code %j and signal %j: %s', (exitCode, signal, how, confidence) => {
  expect(crashed.ask(ended(exitCode, signal))).toMatchObject({
    answer: 'holds',
    confidence,
    mainProcessDied: true,
    summary: expect.stringContaining(`ended by itself with ${how};`),
  })
})

it.each<[string, Incident]>([
  ['it ended in order', ended(0)],
  ['nobody knows how it ended', ended(null)],
  ['it runs', incident({ reports: [] })],
])('nothing crashed where %s', (_, found) => {
  expect(crashed.ask(found)).toEqual({ answer: 'not-shown' })
})

it('is ruled out where the kernel has killed', () => {
  const killed = { ...ended(139), reports: incident().reports }
  expect(crashed.ask(killed)).toEqual({ answer: 'ruled-out', because: killed.reports })
})
