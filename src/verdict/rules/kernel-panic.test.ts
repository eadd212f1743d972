import { expect, test } from 'vitest'
import {
  cgroupState,
  hostWith,
  incident,
  oomReport,
  PATH,
  seen,
} from '../../../test/support/incident.ts'
import { GIB, MIB } from '../../model/bytes.ts'
import type { OomReport } from '../../model/kernel.ts'
import type { Incident } from '../incident.ts'
import { kernelPanic } from './kernel-panic.ts'

const panic = seen({
  kind: 'kernel-panic',
  message: 'Out of memory: compulsory panic_on_oom is enabled',
  outOfMemory: true,
  bootSeconds: null,
})

function panicked(report: Partial<OomReport> | null, change: Partial<Incident> = {}): Incident {
  const reports = report === null ? [] : [seen(oomReport({ kills: [], ...report }))]
  return incident({ reports, panics: [panic], mainProcessDied: null, ...change })
}

test('a panic for memory ends whatever ran on the machine', () => {
  const given = panicked({})
  expect(kernelPanic.ask(given)).toMatchObject({
    answer: 'holds',
    confidence: 'certain',
    summary:
      'The kernel panicked because memory ran out and took the machine down; container web ended with it.',
    mainProcessDied: true,
    because: [panic, ...given.reports],
    against: [],
  })
})

test.each([
  ['its own group', PATH, 'container'],
  ['a group inside', `${PATH}/job`, 'nested'],
  ['a group above', '/docker', 'ancestor'],
])('with panic_on_oom the limit of %s takes the machine down, too', (_what, oomMemcg, scope) => {
  expect(kernelPanic.ask(panicked({ oomMemcg }))).toMatchObject({
    binding: { scope, path: oomMemcg, limitBytes: 100 * MIB, usageBytes: 100 * MIB },
  })
})

test('the limit of a pod that is no more than that of its container is the own one of that', () => {
  const pod = '/kubepods/pod3f0e6a34-1c1f-4d5e-9a63-0b6f3c8d2a11'
  const group = cgroupState({ path: `${pod}/web` })
  const groups = { own: seen(group), ancestors: [], nested: [] }
  expect(
    kernelPanic.ask(panicked({ oomMemcg: pod }, { path: `${pod}/web`, groups })),
  ).toMatchObject({ binding: { scope: 'container', limitBytes: 100 * MIB } })
})

const machine = { constraint: 'none', oomMemcg: null, memory: null } as const
const ram = { freeBytes: MIB, totalSwapBytes: null, freeSwapBytes: null }
const meminfo = seen(hostWith({ totalBytes: 8 * GIB }))

test.each([
  [
    'the report, of that moment',
    panicked({ ...machine, host: { ...ram, totalRamBytes: 4 * GIB } }, { hostMemory: meminfo }),
    4 * GIB,
  ],
  [
    '/proc/meminfo, where the report does not',
    panicked({ ...machine, host: { ...ram, totalRamBytes: null } }, { hostMemory: meminfo }),
    8 * GIB,
  ],
  [
    '/proc/meminfo, where the report has no figures',
    panicked({ ...machine, host: null }, { hostMemory: meminfo }),
    8 * GIB,
  ],
  ['/proc/meminfo, where the panic stands alone', panicked(null, { hostMemory: meminfo }), 8 * GIB],
  ['nobody', panicked(machine), null],
])('of a machine that ran out, its size is told by %s', (_who, given, limitBytes) => {
  expect(kernelPanic.ask(given)).toMatchObject({
    binding: { scope: 'host', path: null, limitBytes },
  })
})

test('a panic for another reason is none for memory', () => {
  const other = seen({ ...panic.fact, message: 'Fatal exception', outOfMemory: false })
  expect(kernelPanic.ask(panicked({}, { panics: [other] }))).toEqual({ answer: 'not-shown' })
})
