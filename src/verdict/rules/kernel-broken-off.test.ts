import { expect, test } from 'vitest'
import { incident, NOW, oomReport, PATH, seen } from '../../../test/support/incident.ts'
import { MIB } from '../../model/bytes.ts'
import type { OomReport } from '../../model/kernel.ts'
import type { Incident } from '../incident.ts'
import { kernelBrokenOff } from './kernel-broken-off.ts'

const POD = '/kubepods/burstable/pod3f0e6a34-1c1f-4d5e-9a63-0b6f3c8d2a11'

/** A report of the limit of the container, up to where its log ends. */
function brokenOff(report: Partial<OomReport> = {}, change: Partial<Incident> = {}): Incident {
  const fact = oomReport({ kills: [], missing: ['kill'], ...report })
  return incident({ reports: [seen(fact)], mainProcessDied: null, ...change })
}

test('a log that ends before the victim has told whose limit was reached', () => {
  const given = brokenOff()
  expect(kernelBrokenOff.ask(given)).toEqual({
    answer: 'holds',
    confidence: 'likely',
    summary:
      'The kernel called its OOM killer because container web reached its own memory limit; the log breaks off before it says whom it killed.',
    mainProcessDied: null,
    binding: {
      scope: 'container',
      path: PATH,
      limitBytes: 100 * MIB,
      usageBytes: 100 * MIB,
      hostAvailableBytes: null,
    },
    because: given.reports,
    against: [],
  })
})

test('how it ended speaks for it as well', () => {
  const exit = seen({ kind: 'exit-status', exitCode: 137, signal: null })
  const ending = { at: NOW, exitCode: 137, signal: null, askedBy: null, because: [exit] }
  const given = brokenOff({}, { ending })
  expect(kernelBrokenOff.ask(given)).toMatchObject({ because: [...given.reports, exit] })
})

test('a container of a pod has a limit of its own, too', () => {
  const path = `${POD}/c0ffee`
  expect(kernelBrokenOff.ask(brokenOff({ oomMemcg: path }, { path }))).toMatchObject({
    answer: 'holds',
  })
})

test.each([
  ['no kernel report is there', incident({ reports: [] })],
  ['the log names a victim', incident()],
  ['its summary names the victim, though the kill is cut', incident(withoutKillLine())],
  ['nobody could be killed', brokenOff({ noKillable: true })],
  ['nothing is missing of the log', brokenOff({ missing: [] })],
  ['the log names no group', brokenOff({ oomMemcg: null })],
  ['the machine ran out', brokenOff({ constraint: 'none' })],
  ['the limit is that of a group above', brokenOff({ oomMemcg: '/docker' })],
  ['the limit is that of a group inside', brokenOff({ oomMemcg: `${PATH}/job` })],
  [
    'the limit is that of a pod, which one of its containers may have reached',
    brokenOff({ oomMemcg: POD }, { path: POD }),
  ],
])('%s: its own limit is not said to be reached by a report cut short', (_what, given) => {
  expect(kernelBrokenOff.ask(given)).toEqual({ answer: 'not-shown' })
})

function withoutKillLine(): Partial<Incident> {
  return { reports: [seen(oomReport({ missing: ['kill'] }))] }
}
