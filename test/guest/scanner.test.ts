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

    beforeAll(async () => {
      output = mkdtempSync(join(tmpdir(), 'stella-guest-test-'))
      const program = await hog()
      await runScripts({
        kernel: KERNEL,
        scripts: [['inside-workers.ts', `/programs/${basename(program)}`]],
        output,
        program,
      })
    })
    afterAll(() => rmSync(output, { recursive: true, force: true }))

    const playedIn = (scene: string): WorkersPlayed =>
      JSON.parse(readFileSync(join(output, `${scene}.json`), 'utf8'))

    it('stand beside a group that has processes, where root may make groups', () => {
      const { path, hostPath } = playedIn('workers')
      expect(path).toMatch(/^\/scanner\/stella-scanner-\d+-\d+\/default-1$/)
      expect(hostPath).toBe('/scanner/server')
    })

    it('stand within a group that was handed over to a plain user, who moves out of their way', () => {
      const { path, hostPath } = playedIn('delegated')
      expect(path).toMatch(/^\/delegated\/stella-scanner-\d+-\d+\/default-1$/)
      expect(hostPath).toBe('/delegated/stella-host')
    })

    const SCENES = ['workers', 'delegated']
    it.each(SCENES)('have a limit that is in force, without swap (%s)', (scene) => {
      const played = playedIn(scene)
      expect(played.enforcedBy).toBe('cgroup v2')
      expect(played.limitBytes).toBe(32 * MIB)
      expect(played.swapBytes).toBe(0)
    })

    it.each(SCENES)(
      'are known to have been killed for their memory, and are gone (%s)',
      (scene) => {
        const played = playedIn(scene)
        expect(played.outcome).toBe('oom')
        expect(played.says).toContain('at its limit of 32 MiB')
        expect(played.isGone).toBe(true)
      },
    )
  },
)
