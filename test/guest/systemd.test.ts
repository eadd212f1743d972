import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Seen, SystemdPlayed } from '../../scripts/guest/inside-systemd.ts'
import { runScripts } from '../../scripts/guest/script.ts'
import { MIB } from '../../src/model/bytes.ts'
import { hog } from '../support/hog.ts'
import { cannotBoot } from './cannot-boot.ts'

const KERNEL = '6.1'

// systemd has to be the first process, which it is on no machine that tests run in.
describe.skipIf(await cannotBoot(KERNEL))('units of a real systemd', () => {
  let output = ''

  beforeAll(async () => {
    output = mkdtempSync(join(tmpdir(), 'stella-guest-test-'))
    const program = await hog()
    const scripts = [['inside-systemd.ts', `/programs/${basename(program)}`]]
    await runScripts({ kernel: KERNEL, scripts, output, program })
  })
  afterAll(() => rmSync(output, { recursive: true, force: true }))

  const played = (): SystemdPlayed => JSON.parse(readFileSync(join(output, 'systemd.json'), 'utf8'))
  const seen = (setting: string): readonly Seen[] => played().units[setting] ?? []

  it.each([
    ['none', 'infinity', 'max'],
    ['file', String(32 * MIB), String(32 * MIB)],
    ['persistent', String(32 * MIB), String(32 * MIB)],
    ['runtime', String(32 * MIB), String(32 * MIB)],
  ])(
    'a limit that was set by %s holds again after the undo, for the same reason',
    (setting, max, limit) => {
      const [before, during, after] = seen(setting)
      expect(before).toMatchObject({ memoryMax: max, limit })
      expect(during).toMatchObject({ memoryMax: String(64 * MIB), limit: String(64 * MIB) })
      expect(during?.dropIns).not.toEqual(before?.dropIns)
      expect(after).toEqual(before)
    },
  )

  it('workers of the scanner have groups of their own where the group of their unit was handed over', () => {
    const { workers } = played()
    expect(workers).toMatchObject({ enforcedBy: 'cgroup v2', outcome: 'oom', isGone: true })
    expect(workers.path).toMatch(
      /^\/system\.slice\/workers\.service\/stella-scanner-.*\/default-1$/,
    )
    expect(workers.hostPath).toBe('/system.slice/workers.service/stella-host')
    expect(workers.limitBytes).toBe(32 * MIB)
  })

  it('what held until the boot is changed until the boot', () => {
    expect(seen('runtime')[1]?.dropIns[0]).toBeNull()
    expect(seen('persistent')[1]?.dropIns[0]).toContain('MemoryMax=67108864')
  })
})
