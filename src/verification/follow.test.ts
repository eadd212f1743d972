import { expect, it } from 'vitest'
import { fakeReader } from '../../test/support/fake-reader.ts'
import {
  cgroupState,
  containerEvent,
  containerState,
  ID,
  oomReport,
  PATH,
  seen,
} from '../../test/support/incident.ts'
import { sampleFix, samplePlan } from '../../test/support/sample-fix.ts'
import { MIB } from '../model/bytes.ts'
import type { Observation, World } from '../model/evidence.ts'
import type { ContainerState } from '../model/facts.ts'
import type { FixRecord } from '../model/fix.ts'
import { followFix } from './follow.ts'
import type { Verification } from './follow.ts'

const APPLIED = Date.UTC(2026, 4, 1, 12)
const LIMIT = 256 * MIB
const TARGET = { kind: 'container', engine: 'docker', name: 'web' } as const

function fix(method: 'in-place' | 'file', change: Partial<FixRecord> = {}): FixRecord {
  return sampleFix({
    at: APPLIED - 1_000,
    appliedAt: APPLIED,
    change: { kind: 'limit', limitBytes: LIMIT, requestBytes: null },
    plan: samplePlan({ method, workload: { image: null, imageId: null, command: ['serve'] } }),
    ...change,
  })
}

/** Container web with 20 MiB of its own, as it is found. */
function world(state: Partial<ContainerState>, ...more: Observation[]): World {
  const stat = new Map([
    ['anon', 20 * MIB],
    ['file', 0],
    ['shmem', 0],
    ['inactive_file', 0],
    ['kernel_stack', 0],
  ])
  return {
    observations: [
      seen(containerState({ id: ID, running: true, command: ['serve'], ...state })),
      seen(
        cgroupState({
          path: PATH,
          version: 2,
          usageBytes: 20 * MIB,
          limitBytes: LIMIT,
          unlimited: false,
          peakBytes: 20 * MIB,
          stat,
          events: { low: 0, high: 0, max: 0, oom: 0, oomKill: 0, oomGroupKill: 0 },
        }),
      ),
      ...more,
    ],
    unknown: [],
  }
}

/** A minute after the change, at once. */
async function follow(found: World, record: FixRecord): Promise<Verification> {
  using reader = fakeReader({ now: APPLIED + 61_000 })
  return followFix(
    { target: TARGET, fix: record, windowMs: 60_000, now: true, probe: null },
    {
      reader,
      signal: new AbortController().signal,
      read: async () => found,
      onProgress: () => {},
    },
  )
}

function failed({ checks }: Verification): string[] {
  return checks.filter(({ ok }) => ok === false).map(({ name }) => name)
}

const kill = (at: number): Observation => seen(oomReport({ oomMemcg: PATH, taskMemcg: PATH }), at)

it('counts from the change, and nothing from before it', async () => {
  const found = world({ startedAt: APPLIED - 3_600_000 }, kill(APPLIED - 1))
  const verification = await follow(found, fix('in-place'))
  expect(failed(verification)).toEqual([])
  expect(verification).toMatchObject({ since: APPLIED, until: APPLIED + 60_000 })
  expect(
    failed(
      await follow(world({ startedAt: APPLIED - 3_600_000 }, kill(APPLIED + 1)), fix('in-place')),
    ),
  ).toEqual(['no kill since the change'])
})

it('a kill in another container of the machine is none of ours', async () => {
  const elsewhere = `/docker/${'d'.repeat(64)}`
  const other = seen(oomReport({ oomMemcg: elsewhere, taskMemcg: elsewhere }), APPLIED + 1)
  expect(
    failed(await follow(world({ startedAt: APPLIED - 1_000 }, other), fix('in-place'))),
  ).toEqual([])
})

it('an end that the engine tells of is one, also where it runs again', async () => {
  const end = seen(containerEvent('die', { id: ID }), APPLIED + 10_000)
  const found = world({ startedAt: APPLIED - 3_600_000 }, end)
  expect(failed(await follow(found, fix('in-place')))).toEqual(['no restart since the change'])
})

it('a change in a file is tried by the first start after it', async () => {
  const startedAt = APPLIED + 30_000
  const before = seen(containerEvent('die', { id: ID }), APPLIED + 29_000)
  const verification = await follow(
    world({ startedAt }, before, kill(APPLIED + 5_000)),
    fix('file'),
  )
  expect(verification).toMatchObject({ since: startedAt, result: 'not-yet' })
  expect(failed(verification)).toEqual([])
  // A second start is one too many.
  const again = await follow(world({ startedAt, restartCount: 1 }), fix('file'))
  expect(failed(again)).toEqual(['no restart since the change'])
})

it('so is one of a group around it, and a kill under the new limit counts', async () => {
  const plan = samplePlan({
    target: { kind: 'cgroup', path: PATH },
    workload: { image: null, imageId: null, command: [] },
  })
  const startedAt = APPLIED + 500
  const tried = await follow(world({ startedAt }), fix('in-place', { plan }))
  expect(tried).toMatchObject({ since: startedAt })
  expect(failed(tried)).toEqual([])
  const killed = await follow(world({ startedAt }, kill(APPLIED + 100)), fix('in-place', { plan }))
  expect(failed(killed)).toEqual(['no kill since the change'])
})

it('without a fix the window begins when we look', async () => {
  using reader = fakeReader({ now: APPLIED })
  const verification = await followFix(
    { target: TARGET, fix: null, windowMs: 60_000, now: true, probe: null },
    {
      reader,
      signal: new AbortController().signal,
      read: async () => world({ startedAt: APPLIED - 1_000 }, kill(APPLIED - 10)),
      onProgress: () => {},
    },
  )
  expect(verification).toMatchObject({ result: 'not-yet', since: APPLIED })
  expect(failed(verification)).toEqual([])
})
