import { expect, test } from 'vitest'
import { incident, NOW, seen } from '../../../test/support/incident.ts'
import type { MarathonApp } from '../../model/cluster.ts'
import type { Incident } from '../incident.ts'
import { killedUnknown } from './killed-unknown.ts'

const note = seen({ kind: 'exit-status', exitCode: 137, signal: null })

function killed(
  change: Partial<Incident> = {},
  end: Partial<NonNullable<Incident['ending']>> = {},
): Incident {
  const ending = { at: NOW, exitCode: 137, signal: null, askedBy: null, because: [note], ...end }
  return incident({ reports: [], ending, ...change })
}

function appOf(containerizer: MarathonApp['containerizer']): Partial<Incident> {
  return {
    marathon: seen({
      kind: 'marathon-app',
      app: '/shop',
      memoryBytes: null,
      instances: 1,
      command: [],
      env: [],
      image: null,
      containerizer,
      executorBytes: null,
      burst: null,
      cpus: null,
      backoff: null,
      lastTaskFailure: null,
    }),
  }
}

test('exit code 137 alone tells that it died, and neither who killed it nor that it was memory', () => {
  expect(killedUnknown.ask(killed())).toMatchObject({
    answer: 'holds',
    confidence: 'possible',
    summary:
      'container web ended with exit code 137 (SIGKILL), and the evidence does not say who sent it: the kernel log of that time was not seen. 137 alone does not mean out of memory.',
    mainProcessDied: true,
    binding: { scope: 'none' },
    because: [note],
    against: [],
  })
})

test('of a signal that was told without an exit code, no exit code is told', () => {
  expect(killedUnknown.ask(killed({}, { exitCode: null, signal: 9 }))).toMatchObject({
    summary: expect.stringMatching(/^container web ended with SIGKILL, .* SIGKILL alone does not/),
  })
})

test('a kernel log of that time that is silent is not said to be missing', () => {
  const log = seen({
    kind: 'kernel-log-coverage',
    lines: 9,
    firstBootSeconds: null,
    lastBootSeconds: null,
    firstAt: NOW - 1,
    lastAt: NOW + 1,
    truncated: false,
  })
  expect(killedUnknown.ask(killed({ coverage: [log] }))).toMatchObject({
    summary: expect.stringContaining('the kernel log of that time says nothing about it'),
  })
})

test('of a container of Docker, Mesos tells nothing of memory: the kernel log of its agent does', () => {
  expect(killedUnknown.ask(killed(appOf('docker')))).toMatchObject({
    summary: expect.stringMatching(/of memory\. But .*read the kernel log of its agent\.$/),
  })
})

test.each([
  ['of a container that Mesos runs itself', killed(appOf('mesos'))],
  ['of a task whose containerizer nobody tells', killed(appOf(null))],
  ['of what Marathon does not run', killed()],
])('%s, nothing is said about Docker below Mesos', (_whose, given) => {
  expect(killedUnknown.ask(given)).toMatchObject({
    summary: expect.stringMatching(/137 alone does not mean out of memory\.$/),
  })
})

test.each([
  ['it lives', incident({ reports: [], alive: true })],
  ['it ended by itself', killed({}, { exitCode: 1 })],
  ['another signal ended it', killed({}, { exitCode: 137, signal: 15 })],
])('%s: no killer is missing', (_what, given) => {
  expect(killedUnknown.ask(given)).toEqual({ answer: 'not-shown' })
})
