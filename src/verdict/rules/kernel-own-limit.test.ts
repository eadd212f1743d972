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
import type { OomReport } from '../../model/kernel.ts'
import type { Incident } from '../incident.ts'
import { isOwnLimitInEffect, kernelOwnLimit } from './kernel-own-limit.ts'

const POD = '/kubepods/burstable/pod0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0'
const IN_POD = `${POD}/${PATH.slice('/docker/'.length)}`
const FULL = { usageBytes: 100 * MIB, limitBytes: 100 * MIB, failcnt: 9 }

function killedAt(change: Partial<OomReport>, around: Partial<Incident> = {}): Incident {
  return incident({ reports: [seen(oomReport(change))], ...around })
}

/** Of a container in a pod, with a limit of 100 MiB of its own; the kernel named the pod's group. */
function killedAtPod(podLimitMib: number, ownLimitMib: number | null = 100): Incident {
  const report = {
    oomMemcg: POD,
    taskMemcg: IN_POD,
    memory: { ...FULL, limitBytes: podLimitMib * MIB, usageBytes: podLimitMib * MIB },
  }
  const own = cgroupState({
    path: IN_POD,
    limitBytes: ownLimitMib === null ? null : ownLimitMib * MIB,
  })
  return killedAt(report, {
    path: IN_POD,
    groups: { own: seen(own), ancestors: [], nested: [] },
  })
}

test('a report that names the group itself is certain', () => {
  expect(kernelOwnLimit.ask(killedAt({}))).toMatchObject({
    answer: 'holds',
    confidence: 'certain',
    summary:
      "The kernel's OOM killer ended app (PID 4321) because container web reached its own memory limit of 100 MiB.",
  })
})

test.each([
  ['names no group at all', { oomMemcg: null }, 'likely'],
  ['has statistics and neither the group nor its usage', cut({ memory: null }), 'likely'],
  ['has whose group the task was in, though not its usage', { memory: null }, 'certain'],
  ['has its usage, though not whose group the task was in', cut({ memory: FULL }), 'certain'],
] as const)('one that %s is as certain as that: %s', (_what, change, confidence) => {
  expect(kernelOwnLimit.ask(killedAt(change))).toMatchObject({ answer: 'holds', confidence })
})

test('the counters of its group are shown beside the report, and what the engine saw', () => {
  const own = seen(cgroupState({ failcnt: 9 }))
  const end = seen({ kind: 'exit-status', exitCode: 137, signal: null } as const)
  const known = killedAt(
    {},
    {
      groups: { own, ancestors: [], nested: [] },
      ending: { at: NOW, exitCode: 137, signal: 9, askedBy: null, because: [end] },
    },
  )
  expect(kernelOwnLimit.ask(known)).toMatchObject({ because: [known.reports[0], own, end] })
})

test('the limit of a pod that is its container’s own is its own', () => {
  expect(isOwnLimitInEffect(killedAtPod(100))).toBe(true)
  expect(kernelOwnLimit.ask(killedAtPod(100))).toMatchObject({ answer: 'holds' })
})

test.each([
  ['another one', killedAtPod(300)],
  ['one above a container without any', killedAtPod(100, null)],
])('the limit of a pod that is %s is not its own', (_which, given) => {
  expect(isOwnLimitInEffect(given)).toBe(false)
  expect(kernelOwnLimit.ask(given)).toMatchObject({ answer: 'ruled-out' })
})

test('the limit of a group that is no pod is never taken for that of what lives in it', () => {
  const own = seen(cgroupState({ path: '/shared/web' }))
  const groups = { own, ancestors: [], nested: [] }
  const shared = killedAt({ oomMemcg: '/shared', memory: FULL }, { path: '/shared/web', groups })
  expect(isOwnLimitInEffect(shared)).toBe(false)
})

test('of a killed child it says what became of the main process', () => {
  const end = { at: NOW, exitCode: 137, signal: null, askedBy: null, because: [] }
  const asked = seen(containerEvent('kill', { signal: 9 }))
  const after = (ending: Incident['ending']): string => {
    const answer = kernelOwnLimit.ask(killedAt({}, { mainProcessDied: false, ending }))
    return answer.answer === 'holds' ? answer.summary : answer.answer
  }
  expect(after(null)).toMatch(/It was a child: the main process lives on/)
  expect(after(end)).toMatch(/ended by itself with exit code 137, as a shell does/)
  expect(after({ ...end, askedBy: asked })).toMatch(/the main process lived on/)
  expect(after({ ...end, exitCode: 0 })).toMatch(/the main process lived on/)
})

test('without a report no limit is in effect', () => {
  expect(isOwnLimitInEffect(incident({ reports: [] }))).toBe(false)
  expect(isOwnLimitInEffect(killedAt({ oomMemcg: null }))).toBe(false)
})

function cut(change: Partial<OomReport>): Partial<OomReport> {
  return { taskMemcg: null, ...change }
}
