import { copyFileSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { stella } from '../support/command-line.ts'
import { requireParts } from '../support/parts.ts'
import { run } from '../support/testbed.ts'

/** Packages of Debian that this repository's own tests need, with units that many people have read. */
const PACKAGES = ['systemd', 'postgresql-common', 'redis-server', 'nginx-common', 'prometheus']

describe.skipIf(requireParts('systemd', 'postgresql', 'redis', 'web-servers', 'prometheus'))(
  'the units that Debian ships',
  () => {
    let folder = ''
    let units: string[] = []
    beforeAll(() => {
      folder = mkdtempSync(join(tmpdir(), 'stella-units-'))
      units = run(['dpkg', '-L', ...PACKAGES])
        .split('\n')
        .filter((path) => /\/systemd\/system\/[^/]+\.(?:service|slice|scope)$/.test(path))
        .filter((path) => existsSync(path))
      for (const path of units) copyFileSync(path, join(folder, basename(path)))
    })
    afterAll(() => rmSync(folder, { recursive: true, force: true }))

    it('are not found fault with', async () => {
      expect(units.length).toBeGreaterThan(20)
      const { code, out, err } = await stella(['audit', folder])
      expect({ code, out, err }).toEqual({
        code: 0,
        out: expect.stringMatching(/^No memory mistakes in \d+ files\n$/),
        err: '',
      })
    })

    it('nor under a limit that somebody lays over them', async () => {
      for (const path of units.filter((each) => each.endsWith('.service'))) {
        const dropIns = join(folder, `${basename(path)}.d`)
        mkdirSync(dropIns, { recursive: true })
        writeFileSync(join(dropIns, 'limit.conf'), '[Service]\nMemoryHigh=3G\nMemoryMax=4G\n')
      }
      expect(await stella(['audit', folder])).toMatchObject({ code: 0, err: '' })
    })
  },
)
