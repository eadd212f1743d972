import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { fakeRoot, groupV2, IN_GROUP_V2 } from './fake-root.ts'

const PACKAGE = fileURLToPath(new URL('..', import.meta.url))
const OLDEST = 20
/** The oldest Node of this machine that the package says it runs with. */
const NODE = ['/usr/bin/node', '/usr/local/bin/node'].find(isOldEnough) ?? process.execPath

function isOldEnough(path: string): boolean {
  const { stdout, status } = spawnSync(path, ['--version'], { encoding: 'utf8' })
  return status === 0 && Number(/^v(\d+)/.exec(stdout)?.[1]) >= OLDEST
}

let folder = ''
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'stella-test-package-'))
  const tsc = join(PACKAGE, '../node_modules/.bin/tsc')
  const built = spawnSync(tsc, ['-p', PACKAGE, '--outDir', join(folder, 'dist')], {
    encoding: 'utf8',
  })
  expect(built.stdout).toBe('')
  writeFileSync(join(folder, 'package.json'), '{ "type": "module" }')
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

function runs(program: string): { status: number | null; stdout: string; stderr: string } {
  writeFileSync(join(folder, 'program.js'), program)
  return spawnSync(NODE, [join(folder, 'program.js')], { encoding: 'utf8', timeout: 20_000 })
}

test('the built package guards a plain server with an old Node, and keeps no process alive', () => {
  const world = fakeRoot({ ...IN_GROUP_V2, ...groupV2({ current: 900, max: 1_000 }) })
  const { status, stdout, stderr } = runs(`
    import { createServer } from 'node:http'
    import { createMemoryGuard, guardHandler } from './dist/index.js'
    const guard = createMemoryGuard({ root: ${JSON.stringify(world.root)} })
    const server = createServer(guardHandler(guard, (_, response) => response.end('served')))
    server.listen(0, '127.0.0.1', async () => {
      const response = await fetch('http://127.0.0.1:' + server.address().port)
      console.log(response.status, response.headers.get('retry-after'), guard.tier)
      server.close()
      server.closeAllConnections()
    })
  `)
  world.remove()
  expect([stderr, stdout, status]).toEqual(['', '503 10 shed\n', 0])
})
