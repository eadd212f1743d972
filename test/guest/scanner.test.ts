import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { WorkersPlayed } from '../../scripts/guest/inside-workers.ts'
import { runScripts } from '../../scripts/guest/script.ts'
import { MIB } from '../../src/model/bytes.ts'
import { hog } from '../support/hog.ts'
import { cannotBoot } from './cannot-boot.ts'

const KERNEL = '6.12'

// What no live test can do on a machine with cgroup v1: a limited group beside the own one.
describe.skipIf(await cannotBoot(KERNEL))(
  `workers of the scanner on cgroup v2, kernel ${KERNEL}`,
  () => {
    let output = ''
    let played: WorkersPlayed

    beforeAll(async () => {
      output = mkdtempSync(join(tmpdir(), 'stella-guest-test-'))
      const program = await hog()
      await runScripts({
        kernel: KERNEL,
        scripts: [['inside-workers.ts', `/programs/${basename(program)}`]],
        output,
        program,
      })
      played = JSON.parse(readFileSync(join(output, 'workers.json'), 'utf8'))
    })
    afterAll(() => rmSync(output, { recursive: true, force: true }))

    it('have a limit that is in force, without swap, below the limit of the server', () => {
      expect(played.enforcedBy).toBe('cgroup v2')
      expect(played.path).toMatch(/^\/scanner\/stella-scanner-\d+-\d+\/default-1$/)
      expect(played.limitBytes).toBe(32 * MIB)
      expect(played.swapBytes).toBe(0)
    })

    it('are known to have been killed for their memory, and leave no group behind', () => {
      expect(played.outcome).toBe('oom')
      expect(played.says).toContain('at its limit of 32 MiB')
      expect(played.peakBytes).toBeLessThanOrEqual(32 * MIB)
      expect(played.peakBytes).toBeGreaterThan(24 * MIB)
      expect(played.isGone).toBe(true)
    })
  },
)
