import { globSync } from 'node:fs'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
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

test('a case that was asked for by name is shared without its neighbours', async () => {
  const evidence = ['own-limit', 'child-killed'].flatMap((name) => [
    '--from',
    join(FIXTURES, 'guest/6.1', name),
  ])
  const out = join(folder, 'out')
  const target = 'cgroup:/child-killed'
  const engine = liveEngine
  const direct = await stella(['why', target, ...evidence, '--json'], { engine })
  const written = await stella(['cases', 'export', target, ...evidence, '-o', out], { engine })
  expect(written.out).toContain(`stella why --from ${out}`)
  const again = await stella(['why', '--from', out, '--json'], { engine })
  expect(JSON.parse(again.out).verdict).toEqual(JSON.parse(direct.out).verdict)
  expect(await readFile(join(out, 'world.json'), 'utf8')).not.toContain('/own-limit.')
})
