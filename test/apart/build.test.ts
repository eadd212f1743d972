import { spawn, spawnSync } from 'node:child_process'
import { globSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { expect, test } from 'vitest'
import { REPO } from '../../scripts/lib/repo.ts'
import { runStella } from '../support/program.ts'

const BUILD = join(REPO, 'scripts/build.js')
const leftBehind = (): string[] => globSync('.dist-*', { cwd: REPO })

test('what runs from dist goes on while it is built anew, and the page is the one for users', async () => {
  const building = spawn(process.execPath, [BUILD], {
    stdio: 'ignore',
    env: { ...process.env, NODE_ENV: 'development' },
  })
  const ended = new Promise((resolve) => building.once('exit', resolve))
  let starts = 0
  while (building.exitCode === null) {
    expect(await runStella(['--version'])).toMatchObject({ code: 0, err: '' })
    starts++
  }
  expect(await ended).toBe(0)
  expect(starts).toBeGreaterThan(3)
  const scripts = globSync(join(REPO, 'dist/web/assets/*.js'))
  expect(scripts.length).toBeGreaterThan(10)
  expect(scripts.filter((path) => readFileSync(path, 'utf8').includes(REPO))).toEqual([])
  expect(leftBehind()).toEqual([])
})

test('a build that fails leaves what was built before', async () => {
  // With Node, and without what builds.
  const env = { PATH: dirname(process.execPath) }
  const { status, stderr } = spawnSync(process.execPath, [BUILD], { env, encoding: 'utf8' })
  expect(stderr).toMatch(/^stella is not built: rolldown fails: /)
  expect(status).toBe(1)
  expect(leftBehind()).toEqual([])
  expect(await runStella(['--version'])).toMatchObject({ code: 0 })
})

test('help is read from a handful of files', () => {
  const counting = `import { registerHooks } from 'node:module'
    registerHooks({
      load(url, context, next) {
        if (url.startsWith('file:')) process.stderr.write('+')
        return next(url, context)
      },
    })`
  const counted = `data:text/javascript,${encodeURIComponent(counting)}`
  const launcher = join(REPO, 'bin/stella.js')
  const words = ['--import', counted, launcher, '--help']
  const { stdout, stderr } = spawnSync(process.execPath, words, { encoding: 'utf8' })
  expect(stdout).toContain('stella COMMAND --help')
  expect(stderr).toMatch(/^\+{3,8}$/)
})
