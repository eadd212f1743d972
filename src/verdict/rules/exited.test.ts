import { expect, test } from 'vitest'
import { incident, NOW, seen } from '../../../test/support/incident.ts'
import type { Incident } from '../incident.ts'
import { exited } from './exited.ts'

const note = seen({ kind: 'exit-status', exitCode: 0, signal: null })

function ended(exitCode: number | null, change: Partial<Incident> = {}): Incident {
  const ending = { at: NOW, exitCode, signal: null, askedBy: null, because: [note] }
  return incident({ reports: [], ending, ...change })
}

test('exit code 0 is a normal end', () => {
  expect(exited.ask(ended(0))).toMatchObject({
    answer: 'holds',
    confidence: 'certain',
    summary: 'container web ended normally with exit code 0.',
    mainProcessDied: true,
    because: [note],
  })
})

test('a kernel report of that end rules out that it was normal', () => {
  const { reports } = incident()
  expect(exited.ask(ended(0, { reports }))).toEqual({ answer: 'ruled-out', because: reports })
})

test.each([
  ['one that failed', ended(1)],
  ['one of which nobody tells how', ended(null)],
  ['none', incident({ reports: [] })],
])('an end is not said to be normal where there is %s', (_which, given) => {
  expect(exited.ask(given)).toEqual({ answer: 'not-shown' })
})
