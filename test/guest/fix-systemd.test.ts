import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Seen, SystemdPlayed } from '../../scripts/guest/inside-systemd.ts'
import { runScripts } from '../../scripts/guest/script.ts'
import { MIB } from '../../src/model/bytes.ts'
import { cannotBoot } from './cannot-boot.ts'

const KERNEL = '6.1'

// systemd has to be the first process, which it is on no machine that tests run in.
describe.skipIf(await cannotBoot(KERNEL))('units of a real systemd', () => {
  let output = ''

  beforeAll(async () => {
    output = mkdtempSync(join(tmpdir(), 'stella-guest-test-'))
    await runScripts({ kernel: KERNEL, scripts: [['inside-systemd.ts']], output })
  })
  afterAll(() => rmSync(output, { recursive: true, force: true }))

  function seen(setting: string): readonly Seen[] {
    const played: SystemdPlayed = JSON.parse(readFileSync(join(output, 'systemd.json'), 'utf8'))
    return played.units[setting] ?? []
  }

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

  it('what held until the boot is changed until the boot', () => {
    expect(seen('runtime')[1]?.dropIns[0]).toBeNull()
    expect(seen('persistent')[1]?.dropIns[0]).toContain('MemoryMax=67108864')
  })
})
