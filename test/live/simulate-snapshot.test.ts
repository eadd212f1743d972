import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { liveEngine } from '../../src/cli/live-engine.ts'
import { MIB } from '../../src/model/bytes.ts'
import { findMemoryHierarchy } from '../../src/sources/cgroup/hierarchy.ts'
import { readCgroup } from '../../src/sources/cgroup/index.ts'
import { hostReader } from '../../src/sources/reader.ts'
import { unreclaimableBytes } from '../../src/verdict/reading.ts'
import { createGroup } from '../support/cgroups.ts'
import type { TestGroup } from '../support/cgroups.ts'
import { stella } from '../support/command-line.ts'
import { roomForReports } from '../support/oom-reports.ts'
import { requireParts } from '../support/parts.ts'
import { startRedis } from '../support/redis.ts'
import type { TestRedis } from '../support/redis.ts'
import { until } from '../support/testbed.ts'
import { groupAt } from '../support/world.ts'

const KEYS = 45_000
const VALUE_BYTES = 2_000
const DATA_BYTES = 115 * MIB

describe.skipIf(requireParts('root', 'kmsg', 'redis'))(
  'BGSAVE of a real Redis in a real limit',
  () => {
    let group: TestGroup
    let redis: TestRedis | null = null

    beforeEach(roomForReports)
    afterEach(async () => {
      await redis?.end()
      redis = null
      await group.remove()
    })

    async function filled(limitBytes: number): Promise<TestRedis> {
      group = createGroup('snapshot', limitBytes)
      redis = await startRedis(group)
      redis.fill(KEYS, VALUE_BYTES)
      // A sleep after each key: the child lives for some seconds, as that of a large store does.
      redis.cli('CONFIG', 'SET', 'rdb-key-save-delay', '1')
      return redis
    }

    it('goes without writers, and survives', async () => {
      const { process, cli, info } = await filled(DATA_BYTES + 24 * MIB)
      const told = await ask(process.pid, '--write-rate', '0/s', '--duration', '10s')
      expect(told).toMatchObject({ code: 0, decision: 'go', process: { pid: process.pid } })
      cli('BGSAVE')
      const peak = await peakUntilSaved()
      expect(info('rdb_last_bgsave_status')).toBe('ok')
      expectWithin(peak, told.peak)
      const after = await ask(process.pid, '--duration', '10s')
      expect(after.copied.basis).toMatch(/last-snapshot$/)
    })

    it('goes with writers where there is room for their pages, and survives', async () => {
      const { process, cli, info, write } = await filled(DATA_BYTES + 100 * MIB)
      const told = await ask(process.pid, '--writes', '1000', '--duration', '10s')
      expect(told).toMatchObject({ code: 0, decision: 'go' })
      cli('BGSAVE')
      const started = Date.now()
      const writers = write(KEYS, VALUE_BYTES, 1_000)
      const peak = await peakUntilSaved()
      const seconds = (Date.now() - started) / 1_000
      expect(writers.stop()).toBeGreaterThan(seconds * 800)
      expect(info('rdb_last_bgsave_status')).toBe('ok')
      expectWithin(peak, told.peak)
      // In the time it really took, at one to two pages for each write.
      const share = Math.min(1, seconds / 10)
      expect(peak - told.peak.leastBytes).toBeGreaterThan(told.copied.expectedBytes * share * 0.4)
    })

    it('is deferred with writers above the limit, and is killed where it is made all the same', async () => {
      const { process, cli, write } = await filled(DATA_BYTES + 32 * MIB)
      const told = await ask(process.pid, '--writes', '20000', '--duration', '10s')
      expect(told).toMatchObject({ code: 1, decision: 'defer', reason: 'over-limit' })
      expect(told.fullAfterSeconds).toBeLessThan(3)
      let end: NodeJS.Signals | null = null
      void process.ended.then(({ signal }) => (end = signal))
      cli('BGSAVE')
      const writers = write(KEYS, VALUE_BYTES, 20_000)
      await until('the kernel kills', () => killsIn(group) > 0)
      writers.stop()
      // The server is the victim: it is a little larger than its child.
      await until('the server is gone', () => end !== null)
      expect(end).toBe('SIGKILL')
    })

    async function peakUntilSaved(): Promise<number> {
      let peak = 0
      await until('it is saved', () => {
        peak = Math.max(peak, heldBytes(group.path))
        return redis?.info('rdb_bgsave_in_progress') === '0'
      })
      return peak
    }
  },
)

function expectWithin(peak: number, told: { leastBytes: number; mostBytes: number }): void {
  expect(peak).toBeGreaterThanOrEqual(told.leastBytes)
  expect(peak).toBeLessThanOrEqual(told.mostBytes)
}

async function ask(pid: number, ...flags: string[]) {
  const args = ['simulate', 'snapshot', `pid:${pid}`, ...flags, '--json']
  const { code, out } = await stella(args, { engine: liveEngine })
  return { code, ...JSON.parse(out) }
}

function heldBytes(path: string): number {
  const reader = hostReader()
  const hierarchy = findMemoryHierarchy(reader)
  const state = hierarchy === null ? null : groupAt(readCgroup(reader, hierarchy, path), path)
  return state === null ? 0 : (unreclaimableBytes(state) ?? 0)
}

function killsIn({ version, read }: TestGroup): number {
  const text = read(version === 1 ? 'memory.oom_control' : 'memory.events')
  return Number(/^oom_kill (\d+)$/m.exec(text)?.[1] ?? 0)
}
