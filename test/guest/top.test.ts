import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { GuardPlayed } from '../../scripts/guest/inside-guard.ts'
import type { TopPlayed } from '../../scripts/guest/inside-top.ts'
import { runScripts } from '../../scripts/guest/script.ts'
import { MIB } from '../../src/model/bytes.ts'
import type { Row } from '../../src/watch/row.ts'
import { hog } from '../support/hog.ts'
import { cannotBoot } from './cannot-boot.ts'

const KERNEL = '6.12'

// What no live test can do on a machine with cgroup v1: pressure of a group, memory.high, counters with those below.
describe.skipIf(await cannotBoot(KERNEL))(
  `groups of cgroup v2, watched on kernel ${KERNEL}`,
  () => {
    let output = ''
    let found: TopPlayed

    beforeAll(async () => {
      output = mkdtempSync(join(tmpdir(), 'stella-guest-test-'))
      const program = await hog()
      await runScripts({
        kernel: KERNEL,
        scripts: [['inside-top.ts', `/programs/${basename(program)}`], ['inside-guard.ts']],
        output,
        program,
      })
      found = JSON.parse(readFileSync(join(output, 'top.json'), 'utf8'))
    })
    afterAll(() => rmSync(output, { recursive: true, force: true }))

    function last(path: string): Row | undefined {
      return found.rounds.at(-1)?.rows.find((row) => row.path === path)
    }

    it('one grows as fast as its counter says, and the limit above it is named with its time', () => {
      const row = last('/top/growing')
      const perMinute = found.bytesPerSecond * 60
      expect(row?.growthBytesPerMinute).toBeGreaterThan(perMinute * 0.75)
      expect(row?.growthBytesPerMinute).toBeLessThan(perMinute * 1.3)
      expect(row?.limit).toMatchObject({ scope: 'ancestor', path: '/top', limitBytes: 256 * MIB })
      const truth = (256 * MIB - found.usedBytes - 8 * MIB) / found.bytesPerSecond
      const left = row?.timeLeft
      expect(left?.kind).toBe('seconds')
      if (left?.kind !== 'seconds') return
      expect(left.low).toBeLessThan(truth * 1.2)
      expect(left.high ?? Infinity).toBeGreaterThan(truth * 0.8)
    })

    it('one that is held back shows pressure, and its memory.high', () => {
      const held = last('/held')
      expect(held?.highBytes).toBe(8 * MIB)
      const pressures = found.rounds.map(
        ({ rows }) => rows.find(({ path }) => path === '/held')?.pressure?.someAvg10 ?? 0,
      )
      expect(Math.max(...pressures)).toBeGreaterThan(1)
      expect(last('/top/idle')?.pressure?.someAvg10).toBe(0)
    })

    it('one that was killed since the first round has its kills counted', () => {
      expect(last('/killed')?.oomKills).toBe(1)
      expect(last('/killed')?.processes).toBe(0)
      expect(last('/top')?.oomKills).toBe(0)
      expect(found.rounds.at(-1)?.host.newOomKills).toBe(1)
    })

    it('processes and memory of the groups below are counted above', () => {
      expect(last('/top')).toMatchObject({ processes: 2, depth: 0 })
      expect(last('/top')?.usageBytes).toBeGreaterThan(8 * MIB)
    })

    describe('a guarded service there', () => {
      let played: GuardPlayed
      beforeAll(() => {
        played = JSON.parse(readFileSync(join(output, 'guard.json'), 'utf8'))
      })

      it('knows memory.high of its own group and memory.max of the one above, and the pressure of its own', () => {
        const groups = played.seen.first.filter(({ kind }) => kind === 'group')
        expect(groups.map(({ name, limitBytes }) => [name, limitBytes])).toEqual([
          ['/sys/fs/cgroup/guarded/app', 120 * MIB],
          ['/sys/fs/cgroup/guarded', 160 * MIB],
        ])
        expect(played.seen.pressure?.some).toBeGreaterThanOrEqual(0)
        expect(played.seen.pressure?.full).toBeLessThanOrEqual(1)
      })

      it('follows a limit that is taken away while it grows, and leaves before the kernel kills at the one above', () => {
        const { tiers, leaving } = played.seen
        const named = (tier: string) => tiers.find((one) => one.tier === tier)?.binding.name
        expect(named('evict')).toBe('/sys/fs/cgroup/guarded/app')
        expect(named('shed')).toBe('/sys/fs/cgroup/guarded')
        expect([played.exitCode, played.kills, leaving]).toEqual([75, 0, 'memory'])
      })
    })

    it('nothing is unknown to it', () => {
      expect(found.rounds.at(-1)?.unknown).toEqual([])
      expect(last('/top/growing')?.notes).toEqual([])
    })
  },
)
