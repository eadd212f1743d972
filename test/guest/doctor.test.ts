import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { runScripts } from '../../scripts/guest/script.ts'
import { cannotBoot } from './cannot-boot.ts'

const KERNEL = '6.1'
const WRONG = { 'vm/panic_on_oom': '2', 'vm/oom_kill_allocating_task': '1', 'vm/swappiness': '0' }
const RIGHT = { 'vm/panic_on_oom': '0', 'vm/oom_kill_allocating_task': '0', 'vm/swappiness': '1' }

// No live test may set up the machine of others wrongly.
describe.skipIf(await cannotBoot(KERNEL))(
  `stella doctor on kernel ${KERNEL} with cgroup v2`,
  () => {
    let output = ''
    let seen: Record<string, { code: number; answer: Record<string, unknown> }> = {}

    beforeAll(async () => {
      output = mkdtempSync(join(tmpdir(), 'stella-guest-test-'))
      await runScripts({ kernel: KERNEL, scripts: [['inside-doctor.ts']], output, swapMib: 64 })
      seen = JSON.parse(readFileSync(join(output, 'doctor.json'), 'utf8'))
    })
    afterAll(() => rmSync(output, { recursive: true, force: true }))

    it('tells what is set wrongly, and that swap is counted', () => {
      expect(seen['host']?.code).toBe(1)
      const checks = expect.arrayContaining([
        expect.objectContaining({ id: 'check.host.settings', status: 'fail' }),
        expect.objectContaining({
          id: 'check.host.swap',
          status: 'pass',
          says: expect.stringContaining('memory.swap.max'),
        }),
        expect.objectContaining({ id: 'check.host.kernel-log', status: 'pass' }),
      ])
      expect(seen['host']?.answer).toMatchObject({ checks })
    })

    it('plans without changing anything, and shows each value', () => {
      expect(seen['plan']).toMatchObject({ code: 0, answer: { action: 'plan' } })
      expect(JSON.stringify(seen['plan'])).toContain('sysctl -w vm.panic_on_oom=0')
      expect(seen['planned']).toEqual(WRONG)
    })

    it('mends it, has nothing to do then, and gives the exact values back', () => {
      expect(seen['made']?.code).toBe(0)
      expect(seen['mended']).toEqual(RIGHT)
      expect(seen['again']).toMatchObject({ code: 0, answer: { mendings: [] } })
      expect(seen['undone']).toEqual(WRONG)
    })
  },
)
