import { describe, expect, test } from 'vitest'
import { MIB } from '../model/bytes.ts'
import {
  cgroupState,
  incident,
  kill,
  oomReport,
  reportOfUsage,
  seen,
  task,
} from '../../test/support/incident.ts'
import type { CgroupState } from '../model/facts.ts'
import { bindingOf, fullCounter } from './reading.ts'
import { residentBytes, shareOf, usageOf, victimAnonBytes } from './usage.ts'

function living(change: Partial<CgroupState>): ReturnType<typeof usageOf> {
  const own = seen(cgroupState({ usageBytes: 80 * MIB, pids: [7], ...change }))
  return usageOf(incident({ reports: [], groups: { own, ancestors: [], nested: [] } }))
}

describe('the parts of the charge', () => {
  test('tmpfs stands inside the file figure of v2 and is taken off it', () => {
    const reports = [seen(reportOfUsage({ anon: 30, file: 60, shmem: 45, file_dirty: 2 }))]
    expect(usageOf(incident({ reports }))).toEqual({
      totalBytes: 100 * MIB,
      anonBytes: 30 * MIB,
      fileBytes: 15 * MIB,
      shmemBytes: 45 * MIB,
      dirtyBytes: 2 * MIB,
      kernelBytes: 10 * MIB,
      hugeBytes: null,
      because: reports,
    })
  })

  test('v1 has its own names, and the whole tree under total_', () => {
    const stat = { rss: 1, total_rss: 60, cache: 2, total_cache: 30, total_shmem: 10 }
    expect(usageOf(incident({ reports: [seen(reportOfUsage(stat))] }))).toMatchObject({
      anonBytes: 60 * MIB,
      fileBytes: 20 * MIB,
      shmemBytes: 10 * MIB,
    })
  })

  test('what is not told is unknown, not nothing', () => {
    expect(usageOf(incident({ reports: [seen(reportOfUsage({ anon: 98 }))] }))).toMatchObject({
      fileBytes: null,
      shmemBytes: null,
      dirtyBytes: null,
      kernelBytes: null,
    })
  })

  test('the report of the kill goes before files that were read later', () => {
    const own = seen(cgroupState({ usageBytes: MIB, stat: new Map([['anon', MIB]]), pids: [7] }))
    const both = incident({ groups: { own, ancestors: [], nested: [] } })
    expect(usageOf(both)?.totalBytes).toBe(100 * MIB)
    expect(usageOf({ ...both, reports: [] })?.totalBytes).toBe(MIB)
  })

  test('a group that everybody has left tells only if it is still half full', () => {
    const stat = new Map([['file', 50 * MIB]])
    expect(living({ stat, pids: [], usageBytes: 50 * MIB })).not.toBeNull()
    expect(living({ stat, pids: [], usageBytes: 50 * MIB - 1 })).toBeNull()
    expect(living({ stat, pids: null, populated: false, usageBytes: 49 * MIB })).toBeNull()
    expect(living({ stat, usageBytes: 49 * MIB })).not.toBeNull()
  })

  test('without statistics there are no parts', () => {
    expect(living({ stat: new Map() })).toBeNull()
    expect(usageOf(incident({ reports: [seen(oomReport({ stat: new Map() }))] }))).toBeNull()
  })
})

test('an unknown part and a share of nothing are no share', () => {
  const usage = usageOf(incident())
  if (usage === null) throw new Error('the report has statistics')
  expect(shareOf(usage, 50 * MIB)).toBe(0.5)
  expect(shareOf(usage, null)).toBe(0)
  expect(shareOf({ ...usage, totalBytes: 0 }, MIB)).toBe(0)
})

test('resident memory is the table’s figure, else the sum of its parts', () => {
  expect(residentBytes(task(1, 'app', 10))).toBe(10 * MIB)
  const parts = { rssBytes: null, anonRssBytes: MIB, fileRssBytes: null, shmemRssBytes: 2 * MIB }
  expect(residentBytes({ ...task(1, 'app', 10), ...parts })).toBe(3 * MIB)
})

test('the biggest victim counts with its swap; unknown sizes are no zeros', () => {
  const victims = (...kills: ReturnType<typeof kill>[]): number | null =>
    victimAnonBytes(incident({ reports: [seen(oomReport({ kills }))] }))
  expect(victims(kill(1, 'a', 40), { ...kill(2, 'b', 30), swapBytes: 20 * MIB })).toBe(50 * MIB)
  expect(victims({ ...kill(1, 'a', 40), anonRssBytes: null })).toBeNull()
  expect(victims()).toBeNull()
})

describe('the counter that was full', () => {
  const line = (usage: number, limit: number | null) => ({
    usageBytes: usage * MIB,
    limitBytes: limit === null ? null : limit * MIB,
    failcnt: 1,
  })

  test('on v1 it may be memory and swap together', () => {
    const reports = [seen(oomReport({ memory: line(60, 100), memorySwap: line(150, 150) }))]
    expect(bindingOf(incident({ reports }), 'container')).toMatchObject({
      limitBytes: 150 * MIB,
      usageBytes: 150 * MIB,
    })
  })

  test('a memory counter without a limit cannot be the full one', () => {
    const reports = [seen(oomReport({ memory: line(60, null), memorySwap: line(150, 150) }))]
    expect(bindingOf(incident({ reports }), 'container').limitBytes).toBe(150 * MIB)
  })

  test('where both are full alike it is memory', () => {
    const report = oomReport({ memory: line(100, 100), memorySwap: line(150, 150) })
    expect(fullCounter(report)).toEqual(report.memory)
  })

  test('swap alone never makes v2 kill', () => {
    const report = oomReport({ memory: line(99, 100), swap: line(50, 50) })
    expect(fullCounter(report)).toEqual(report.memory)
  })

  test('a limit of nothing is no counter that was full', () => {
    expect(fullCounter(oomReport({ memory: line(1, 0) }))).toBeNull()
  })
})
