import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { anyWorld, FACTS } from '../../../test/support/arbitrary-facts.ts'
import {
  cgroupState,
  containerState,
  ID,
  kill,
  oomReport,
  PATH,
  processState,
  seen,
  task,
} from '../../../test/support/incident.ts'
import { sampleCase, SAMPLE_PROCESS } from '../../../test/support/sample-case.ts'
import { GIB, MIB } from '../../model/bytes.ts'
import type { World } from '../../model/evidence.ts'
import type { Fact, HostMemory, HostState } from '../../model/facts.ts'
import { evidenceOfCase } from './from-case.ts'
import { evidenceOfReport } from './from-report.ts'
import {
  evidenceOfGroup,
  evidenceOfHost,
  groupOfTarget,
  nearestLimit,
  tighterAbove,
} from './from-world.ts'
import { simulateOom } from './simulate.ts'

function world(...facts: Fact[]): World {
  return { observations: facts.map((fact) => seen(fact)), unknown: [] }
}

function meminfo(swapMib: number): HostMemory {
  return {
    kind: 'host-memory',
    totalBytes: 4 * GIB,
    freeBytes: GIB,
    availableBytes: 2 * GIB,
    swapTotalBytes: swapMib * MIB,
    swapFreeBytes: swapMib * MIB,
    dirtyBytes: 0,
    writebackBytes: 0,
    fields: new Map(),
  }
}

function host(sysctls: Record<string, string> = {}): HostState {
  return {
    kind: 'host-state',
    bootAt: null,
    kernelVersion: '6.1.0-50-amd64',
    vmstat: new Map(),
    pressure: null,
    sysctls: new Map(Object.entries(sysctls)),
  }
}

function process(pid: number, mib: number | null, change = {}) {
  const rssBytes = mib === null ? null : mib * MIB
  return processState({ pid, name: `p${pid}`, rssBytes, oomScoreAdj: 0, ...change })
}

describe('a living group', () => {
  const living = world(
    cgroupState({
      usageBytes: 70 * MIB,
      stat: new Map([['inactive_file', 20 * MIB]]),
      swapLimitBytes: 0,
    }),
    cgroupState({ path: '/docker', limitBytes: null }),
    process(7, 10),
    process(8, 30, { cgroupPaths: [`${PATH}/inner`] }),
    process(9, 900, { cgroupPaths: ['/elsewhere'] }),
    process(10, null, { state: 'Z' }),
    meminfo(512),
    host({ 'vm.panic_on_oom': '0', 'vm.oom_kill_allocating_task': '1' }),
  )

  it('has the processes in it and below it for candidates, and no others', () => {
    const evidence = evidenceOfGroup(living, PATH)
    expect(evidence?.setting.candidates.map(({ pid, exempt }) => [pid, exempt])).toEqual([
      [7, null],
      [8, null],
      [10, 'no-memory'],
    ])
    expect(evidence).toMatchObject({
      cgroupVersion: 2,
      kernelVersion: '6.1.0-50-amd64',
      limitBytes: 100 * MIB,
      killed: null,
      unknown: [],
    })
    expect(evidence?.setting).toMatchObject({
      scope: 'memory-group',
      scale: { totalPages: 25_600 },
      panicOnOom: 0,
      killsAllocatingTask: true,
    })
  })

  it('has room for what the page cache would give back', () => {
    expect(evidenceOfGroup(living, PATH)?.roomBytes).toBe(50 * MIB)
  })

  it('counts the swap that is allowed on top, on v2 by itself and on v1 with the memory', () => {
    const total = (change: Parameters<typeof cgroupState>[0], swapMib = 512) =>
      evidenceOfGroup(world(cgroupState(change), process(7, 10), meminfo(swapMib)), PATH)?.setting
        .scale.totalPages
    expect(total({ version: 2, swapLimitBytes: 20 * MIB })).toBe(120 * 256)
    expect(total({ version: 1, swapLimitBytes: 120 * MIB })).toBe(120 * 256)
    expect(total({ version: 1, swapLimitBytes: 100 * MIB })).toBe(100 * 256)
    expect(total({ version: 2, swapLimitBytes: null })).toBe(612 * 256)
    expect(total({ version: 2, swapLimitBytes: null }, 0)).toBe(100 * 256)
  })

  it('says that scores are left out where the swap of the machine is not known', () => {
    const evidence = evidenceOfGroup(world(cgroupState(), process(7, 10)), PATH)
    expect(evidence?.setting.scale.totalPages).toBeNull()
    expect(evidence?.unknown).toEqual([
      'how much swap the machine has is not known: scores are left out',
    ])
  })

  it('without a limit or without processes is none', () => {
    expect(
      evidenceOfGroup(world(cgroupState({ limitBytes: null }), process(7, 10)), PATH),
    ).toBeNull()
    expect(evidenceOfGroup(world(cgroupState()), PATH)).toBeNull()
    expect(evidenceOfGroup(world(process(7, 10)), PATH)).toBeNull()
  })

  it('is found by its path, its folder, its process and its container', () => {
    const known = world(...living.observations.map(({ fact }) => fact), containerState({ id: ID }))
    expect(groupOfTarget(known, { kind: 'cgroup', path: PATH })).toBe(PATH)
    expect(groupOfTarget(known, { kind: 'cgroup', path: `/sys/fs/cgroup${PATH}` })).toBe(PATH)
    expect(groupOfTarget(known, { kind: 'process', pid: 8 })).toBe(`${PATH}/inner`)
    expect(groupOfTarget(known, { kind: 'container', engine: 'docker', name: 'web' })).toBe(PATH)
    expect(groupOfTarget(known, { kind: 'process', pid: 99 })).toBeNull()
  })

  it('is killed at the nearest limit on the way up', () => {
    expect(nearestLimit(living, `${PATH}/inner`)).toBe(PATH)
    expect(nearestLimit(living, '/docker')).toBeNull()
  })

  it('is told of a group above that has less room', () => {
    const above = cgroupState({ path: '/docker', limitBytes: 200 * MIB, usageBytes: 190 * MIB })
    const own = cgroupState({ usageBytes: 10 * MIB })
    expect(tighterAbove(world(above, own), PATH)).toEqual([
      { path: '/docker', roomBytes: 10 * MIB },
    ])
    const roomy = { ...above, usageBytes: 20 * MIB }
    expect(tighterAbove(world(roomy, own), PATH)).toEqual([])
  })
})

describe('the machine', () => {
  it('exempts its own init and the threads of the kernel', () => {
    const evidence = evidenceOfHost(
      world(process(1, 10), process(2, null), process(7, 5), meminfo(0), host()),
    )
    expect(evidence?.setting.candidates.map(({ exempt }) => exempt)).toEqual([
      'init',
      'no-memory',
      null,
    ])
    expect(evidence?.setting.scale.totalPages).toBe(4 * 1_024 * 256)
    expect(evidence?.unknown).toEqual([])
  })

  it('is doubted where no thread of the kernel shows: we may sit in a container', () => {
    const evidence = evidenceOfHost(world(process(1, 10), meminfo(0)))
    expect(evidence?.unknown.join()).toMatch(/may be the processes of one container/)
  })
})

describe('a recorded kill', () => {
  it('has the rows of its table for candidates, in their order', () => {
    const report = oomReport({
      processes: [task(3, 'c', 1), task(1, 'a', 98), task(2, 'b', 98)],
      swap: { usageBytes: 0, limitBytes: 0, failcnt: 0 },
    })
    const evidence = evidenceOfReport(report, null)
    expect(evidence?.setting.candidates.map(({ pid }) => pid)).toEqual([3, 1, 2])
    expect(evidence?.setting.scale.totalPages).toBe(25_600)
    expect(evidence === null ? null : simulateOom(evidence.setting)?.chosen?.pid).toBe(2)
  })

  it('of a group counts the swap that it was allowed, once the swap of the machine is known', () => {
    const report = oomReport({ memorySwap: { usageBytes: 0, limitBytes: 200 * MIB, failcnt: 0 } })
    expect(evidenceOfReport(report, null)?.setting.scale.totalPages).toBeNull()
    expect(evidenceOfReport(report, 0)?.setting.scale.totalPages).toBe(25_600)
    expect(evidenceOfReport(report, GIB)?.setting.scale.totalPages).toBe(51_200)
    expect(evidenceOfReport(report, GIB)?.cgroupVersion).toBe(1)
  })

  it('of the machine is relative to RAM and swap', () => {
    const report = oomReport({
      constraint: 'none',
      memory: null,
      host: { totalRamBytes: GIB, freeBytes: 0, totalSwapBytes: GIB, freeSwapBytes: 0 },
    })
    expect(evidenceOfReport(report, null)?.setting).toMatchObject({
      scope: 'host',
      scale: { totalPages: 524_288 },
    })
  })

  it('under a cpuset leaves the total open', () => {
    const report = oomReport({ constraint: 'cpuset', memory: null })
    expect(evidenceOfReport(report, 0)?.setting.scale.totalPages).toBeNull()
  })

  it('without a table tells nothing', () => {
    expect(evidenceOfReport(oomReport({ processes: [] }), 0)).toBeNull()
  })

  it('shows by its printed score whether root had its bonus', () => {
    const swap = { usageBytes: 0, limitBytes: 0, failcnt: 0 }
    const rules = (score: number | null) =>
      evidenceOfReport(oomReport({ swap, kills: [{ ...kill(4321, 'app', 98), score }] }), 0)
        ?.setting.rules
    expect(rules(950)?.rootBonus).toBe(true)
    expect(rules(980)?.rootBonus).toBe(false)
    // A printed score alone shows a kernel before 5.3.
    expect(rules(980)).toMatchObject({ ofEquals: 'first', atLeastOnePoint: true })
    expect(rules(null)).toMatchObject({ ofEquals: 'last', rootBonus: false })
  })

  it('of a whole group knows that the killed ones lived in it', () => {
    const report = oomReport({
      processes: [task(1, 'a', 98), task(2, 'b', 1), task(3, 'c', 1)],
      kills: [kill(1, 'a', 98), kill(2, 'b', 1)],
      groupKill: `${PATH}/job`,
      swap: { usageBytes: 0, limitBytes: 0, failcnt: 0 },
    })
    const evidence = evidenceOfReport(report, 0)
    expect(evidence === null ? null : simulateOom(evidence.setting)).toMatchObject({
      outcome: 'group',
      victims: [{ pid: 1 }, { pid: 2 }],
    })
  })
})

describe('a stored case', () => {
  const small = { ...SAMPLE_PROCESS, pid: 7, name: 'sh', rssBytes: 4 * MIB, badness: 125 }

  it('is relative to its limit where its scores agree with that', () => {
    const evidence = evidenceOfCase(sampleCase({ processes: [SAMPLE_PROCESS, small] }))
    expect(evidence?.setting.scale.totalPages).toBe(8_192)
    expect(evidence?.limitBytes).toBe(32 * MIB)
    expect(evidence?.killed).toEqual([{ pid: 4321, name: 'python3', inPlaceOf: null }])
  })

  it('is relative to what its scores lead to where swap counts, too', () => {
    const processes = [
      { ...SAMPLE_PROCESS, badness: 468 },
      { ...small, badness: 62 },
    ]
    const totalPages = evidenceOfCase(sampleCase({ processes }))?.setting.scale.totalPages ?? 0
    expect(totalPages / 16_384).toBeCloseTo(1, 2)
  })

  it('is relative to nothing that is known where it has no scores, or they disagree', () => {
    const unscored = [{ ...SAMPLE_PROCESS, badness: null }]
    expect(evidenceOfCase(sampleCase({ processes: unscored }))?.setting.scale.totalPages).toBeNull()
    const odd = [
      { ...SAMPLE_PROCESS, badness: 468 },
      { ...small, badness: 900, oomScoreAdj: 5 },
    ]
    expect(evidenceOfCase(sampleCase({ processes: odd }))?.setting.scale.totalPages).toBeNull()
  })

  it('without processes tells nothing', () => {
    expect(evidenceOfCase(sampleCase({ processes: [] }))).toBeNull()
  })
})

describe('whatever is told', () => {
  it('nothing throws', () => {
    fc.assert(
      fc.property(anyWorld, FACTS['kernel-oom'], fc.string(), (any, report, path) => {
        for (const evidence of [
          evidenceOfGroup(any, path),
          evidenceOfHost(any),
          evidenceOfReport(report, null),
        ]) {
          if (evidence !== null) simulateOom(evidence.setting)
        }
        nearestLimit(any, path)
        tighterAbove(any, path)
        groupOfTarget(any, { kind: 'cgroup', path })
      }),
    )
  })
})
