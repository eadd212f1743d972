import { globSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { liveEngine } from '../../src/cli/live-engine.ts'
import { stella } from '../support/command-line.ts'

const FIXTURES = fileURLToPath(new URL('../../fixtures/', import.meta.url))
const RECORDED = globSync('{guest/*,docker,podman,kubernetes}/*/', { cwd: FIXTURES })

let folder = ''
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'stella-export-'))
})
afterEach(() => rm(folder, { recursive: true, force: true }))

test.each(RECORDED)('what is exported of %s comes to the same cases elsewhere', async (name) => {
  const incident = join(FIXTURES, name)
  const out = join(folder, 'out')
  const direct = await stella(['why', '--from', incident, '--json'], { engine: liveEngine })
  const written = await stella(['cases', 'export', '--from', incident, '-o', out], {
    engine: liveEngine,
  })
  expect(written.err).toBe('')
  const again = await stella(['why', '--from', out, '--json'], { engine: liveEngine })
  expect(again).toEqual(direct)
  expect((await stella(['cases', 'show', out, '--json'])).out).toBe(direct.out)
})
