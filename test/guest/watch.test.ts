import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { PressurePlayed } from '../../scripts/guest/inside-pressure.ts'
import type { WatchPlayed } from '../../scripts/guest/inside-watch.ts'
import { runScripts } from '../../scripts/guest/script.ts'
import { MIB } from '../../src/model/bytes.ts'
import { hog } from '../support/hog.ts'
import { cannotBoot } from './cannot-boot.ts'

const KERNEL = '6.12'
const AS_BEFORE = { max: String(96 * MIB), kills: 0, inside: ['work'] }

// What no live test can do on a machine with cgroup v1: memory.oom.group, and groups that wake up who watches them.
describe.skipIf(await cannotBoot(KERNEL))(`on cgroup v2, kernel ${KERNEL}`, () => {
  let output = ''
  let played: WatchPlayed
  let pressed: PressurePlayed

  beforeAll(async () => {
    output = mkdtempSync(join(tmpdir(), 'stella-guest-test-'))
    const program = await hog()
    await runScripts({
      kernel: KERNEL,
      scripts: ['inside-watch.ts', 'inside-pressure.ts'].map((script) => [
        script,
        `/programs/${basename(program)}`,
      ]),
      output,
      program,
    })
    played = JSON.parse(readFileSync(join(output, 'watch.json'), 'utf8'))
    pressed = JSON.parse(readFileSync(join(output, 'pressure.json'), 'utf8'))
  })
  afterAll(() => rmSync(output, { recursive: true, force: true }))

  it('stella watch records a group that is killed as a whole as one case with all its victims', () => {
    const { entries, pid, group } = played.seeing
    const cases = entries.flatMap(({ case: found }) =>
      found?.subject.name === group ? [found] : [],
    )
    expect(new Set(cases.map(({ id }) => id)).size).toBe(1)
    expect(cases[0]?.verdict.code).toBe('oom-own-limit')
    expect(cases[0]?.victims.length).toBe(2)
    expect(cases[0]?.victims.map((victim) => victim.pid)).toContain(pid)
  })

  it('stella watch is woken up by the counters of a group where the kernel log cannot be read', () => {
    const { entries, group, secondsToCase } = played.blind
    const found = entries.find(({ case: one }) => one?.subject.name === group)?.case
    expect(found?.verdict.code).toBe('oom-own-limit')
    // The next round would have come after an hour.
    expect(secondsToCase).toBeLessThan(60)
  })

  it('stella pressure takes memory in a group of its own inside, and all is as before', () => {
    expect(pressed.said.held).toMatchObject({ code: 0, err: '' })
    expect(JSON.parse(pressed.said.held.out)).toMatchObject({
      left: false,
      journal: {
        status: 'completed',
        deviated: false,
        experiment: { method: [{ provider: { placement: 'leaf', sizeBytes: 32 * MIB } }] },
      },
    })
    expect(pressed.mostBytes).toBeGreaterThan((16 + 30) * MIB)
    expect(pressed.groups.held).toMatchObject(AS_BEFORE)
  })

  it('stella pressure gives all back when it is killed', () => {
    expect(pressed.groups.alone).toMatchObject(AS_BEFORE)
  })

  it('stella pressure under a lower limit ends with the first kill, and the limit is back', () => {
    expect(pressed.said.killed.code).toBe(1)
    expect(JSON.parse(pressed.said.killed.out)).toMatchObject({
      left: false,
      journal: {
        status: 'failed',
        deviated: true,
        stella: { why: 'the kernel killed in it for want of memory' },
      },
    })
    expect(pressed.groups.killed).toMatchObject({ max: String(96 * MIB), kills: 1, inside: [] })
  })
})
