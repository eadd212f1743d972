import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { WatchPlayed } from '../../scripts/guest/inside-watch.ts'
import { runScripts } from '../../scripts/guest/script.ts'
import { hog } from '../support/hog.ts'
import { cannotBoot } from './cannot-boot.ts'

const KERNEL = '6.12'

// What no live test can do on a machine with cgroup v1: memory.oom.group, and groups that wake up who watches them.
describe.skipIf(await cannotBoot(KERNEL))(`stella watch on cgroup v2, kernel ${KERNEL}`, () => {
  let output = ''
  let played: WatchPlayed

  beforeAll(async () => {
    output = mkdtempSync(join(tmpdir(), 'stella-guest-test-'))
    const program = await hog()
    await runScripts({
      kernel: KERNEL,
      scripts: [['inside-watch.ts', `/programs/${basename(program)}`]],
      output,
      program,
    })
    played = JSON.parse(readFileSync(join(output, 'watch.json'), 'utf8'))
  })
  afterAll(() => rmSync(output, { recursive: true, force: true }))

  it('records a group that is killed as a whole as one case with all its victims', () => {
    const { entries, pid, group } = played.seeing
    const cases = entries.flatMap(({ case: found }) =>
      found?.subject.name === group ? [found] : [],
    )
    expect(new Set(cases.map(({ id }) => id)).size).toBe(1)
    expect(cases[0]?.verdict.code).toBe('oom-own-limit')
    expect(cases[0]?.victims.length).toBe(2)
    expect(cases[0]?.victims.map((victim) => victim.pid)).toContain(pid)
  })

  it('is woken up by the counters of a group where the kernel log cannot be read', () => {
    const { entries, group, secondsToCase } = played.blind
    const found = entries.find(({ case: one }) => one?.subject.name === group)?.case
    expect(found?.verdict.code).toBe('oom-own-limit')
    // The next round would have come after an hour.
    expect(secondsToCase).toBeLessThan(60)
  })
})
