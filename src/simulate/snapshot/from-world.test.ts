import { describe, expect, it } from 'vitest'
import {
  cgroupState,
  containerState,
  hostWith,
  PATH,
  processState,
  seen,
} from '../../../test/support/incident.ts'
import { GIB, MIB } from '../../model/bytes.ts'
import type { Fact } from '../../model/facts.ts'
import type { Answer } from '../../model/question.ts'
import type { Target } from '../../model/subject.ts'
import { hostState } from '../../parsers/proc/host-state.ts'
import { snapshotKnown, type SnapshotKnown } from './from-world.ts'

const REDIS: Target = { kind: 'process', pid: 10 }
const server = processState({
  pid: 10,
  parentPid: 1,
  name: 'redis-server',
  cgroupPaths: [PATH],
  anonRssBytes: 300 * MIB,
  pageTableBytes: MIB,
  anonHugeBytes: 0,
})
const group = cgroupState({
  path: PATH,
  version: 2,
  limitBytes: 512 * MIB,
  usageBytes: 500 * MIB,
  swapLimitBytes: 64 * MIB,
  swapUsageBytes: 0,
  stat: new Map([
    ['anon', 310 * MIB],
    ['file', 190 * MIB],
  ]),
})

function known(
  facts: readonly Fact[],
  target: Target | null = REDIS,
  answers: Answer[] = [],
): SnapshotKnown {
  return snapshotKnown(
    { observations: facts.map((fact) => seen(fact)), unknown: [] },
    target,
    answers,
  )
}

describe('what evidence tells of a snapshot', () => {
  it('is the process, and what its group holds without page cache', () => {
    expect(known([server, group])).toMatchObject({
      process: { pid: 10, name: 'redis-server' },
      dataBytes: 300 * MIB,
      pageTableBytes: MIB,
      limit: { path: PATH, limitBytes: 512 * MIB, currentBytes: 310 * MIB },
      hasHugePages: false,
      isRunning: false,
    })
  })

  it('is the limit with the least room on the way up, and of no other group', () => {
    const stat = new Map([['anon', 900 * MIB]])
    const above = cgroupState({ path: '/docker', limitBytes: GIB, stat })
    const beside = cgroupState({ path: '/other', limitBytes: 32 * MIB, stat: new Map() })
    expect(known([server, group, above, beside]).limit).toMatchObject({
      path: '/docker',
      currentBytes: 900 * MIB,
    })
  })

  it('is the largest process of a container, and no fork of it', () => {
    const child = { ...server, pid: 11, parentPid: 10, anonRssBytes: 400 * MIB }
    const shell = processState({ pid: 9, name: 'sh', anonRssBytes: MIB, cgroupPaths: [PATH] })
    const target: Target = { kind: 'container', engine: 'docker', name: 'redis' }
    expect(known([shell, child, server], target)).toMatchObject({
      process: { pid: 10 },
      isRunning: true,
    })
  })

  it('lies in huge pages where a good part of it does', () => {
    const huge = (mib: number): boolean | null =>
      known([{ ...server, anonHugeBytes: mib * MIB }]).hasHugePages
    expect([huge(0), huge(6), huge(280)]).toEqual([false, false, true])
    expect(known([{ ...server, anonHugeBytes: null }]).hasHugePages).toBeNull()
  })

  it('takes the limit that the engine tells where there is no group', () => {
    const container = containerState({ memoryLimitBytes: 256 * MIB })
    expect(known([container], null)).toMatchObject({
      process: null,
      dataBytes: null,
      limit: { path: null, limitBytes: 256 * MIB, currentBytes: null },
    })
    expect(known([], null).limit).toBeNull()
  })

  it('counts only swap that is free and may be taken', () => {
    expect(known([server, group]).swapBytes).toBe(0)
    expect(known([server, group, hostWith({ swapFreeBytes: GIB })]).swapBytes).toBe(64 * MIB)
    expect(known([server, group, hostWith({ swapFreeBytes: MIB })]).swapBytes).toBe(MIB)
    const v1 = { ...group, version: 1 as const, swapLimitBytes: 600 * MIB, swapUsageBytes: 8 * MIB }
    expect(known([server, v1, hostWith({ swapFreeBytes: GIB })]).swapBytes).toBe(80 * MIB)
  })

  it('knows what is left to promise only where the kernel keeps to it', () => {
    const memory = hostWith({
      fields: new Map([
        ['CommitLimit', 3 * GIB],
        ['Committed_AS', GIB],
      ]),
    })
    const mode = (value: string): Fact =>
      hostState({ kernelVersion: '6.1.0', sysctls: new Map([['vm.overcommit_memory', value]]) })
    expect(known([server, memory, mode('2')])).toMatchObject({
      commitLeftBytes: 2 * GIB,
      kernelVersion: '6.1.0',
    })
    expect(known([server, memory, mode('0')]).commitLeftBytes).toBeNull()
  })

  it('takes from Redis what it says of its last snapshot', () => {
    const text =
      '# Memory\r\nused_memory:100\r\nused_memory_rss:200\r\nrdb_last_cow_size:50\r\nrdb_last_bgsave_time_sec:7\r\ninstantaneous_ops_per_sec:1000\r\n'
    const answer: Answer = { pid: 10, id: 'info', ok: true, text, truncated: false }
    expect(known([server], REDIS, [answer]).redis).toEqual({
      residentBytes: 200,
      lastCopiedBytes: 50,
      lastSeconds: 7,
      commandsPerSecond: 1_000,
    })
    const fresh = {
      ...answer,
      text: 'used_memory:100\nrdb_last_cow_size:0\nrdb_last_bgsave_time_sec:-1\n',
    }
    expect(known([server], REDIS, [fresh]).redis).toEqual({
      residentBytes: 100,
      lastCopiedBytes: null,
      lastSeconds: null,
      commandsPerSecond: null,
    })
    const refused: Answer = { pid: 10, id: 'info', ok: false, why: 'no socket' }
    expect(known([server], REDIS, [refused]).redis).toBeNull()
  })

  it('takes the size of the data from a recorded INFO where there is no process', () => {
    const areas = new Map([
      ['used_memory', 90],
      ['used_memory_rss', 120],
      ['rdb_last_cow_size', 30],
    ])
    expect(known([{ kind: 'runtime-memory', runtime: 'redis', areas }], null)).toMatchObject({
      dataBytes: 120,
      redis: { lastCopiedBytes: 30, lastSeconds: null },
    })
  })
})
