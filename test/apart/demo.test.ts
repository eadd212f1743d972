import { chmodSync, cpSync, existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { spawn } from 'node:child_process'
import { afterAll, describe, expect, test } from 'vitest'
import { exec } from '../../scripts/lib/exec.ts'
import { REPO } from '../../scripts/lib/repo.ts'

const DEMO = join(REPO, 'scripts/demo.ts')
const isRoot = process.getuid?.() === 0
const V1 = '/sys/fs/cgroup/memory'
const hierarchy = existsSync(V1) ? V1 : '/sys/fs/cgroup'

describe.skipIf(needsRoot())('the demo as root', () => {
  test('kills a program for real, explains it, and shows it alive with a limit that fits', async () => {
    const { exitCode, stdout, stderr } = await exec(process.execPath, [DEMO, 'cgroup'])
    expect(stderr).toBe('')
    expect(stdout).toContain('A limit of 32 MiB')
    expect(stdout).toContain('it is dead, exit code 137')
    expect(stdout).toContain('$ stella why cgroup:/stella-demo-')
    expect(stdout).toContain('it has all the memory it wants, and lives')
    expect(stdout).not.toContain('replay')
    expect(exitCode).toBe(0)
    expect(demoGroups()).toEqual([])
  })

  test('cleans up when it is interrupted', async () => {
    const child = spawn(process.execPath, [DEMO, 'cgroup'], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    const ended = new Promise((resolve) => child.once('close', resolve))
    await new Promise<void>((resolve) =>
      child.stdout.on('data', (text: Buffer) => void (text.includes('2. A program') && resolve())),
    )
    expect(demoGroups()).toHaveLength(1)
    child.kill('SIGINT')
    expect(await ended).toBe(130)
    expect(demoGroups()).toEqual([])
  })
})

describe.skipIf(needsRoot())('the demo of a user without rights', () => {
  // Others may not look into the folder of a repository: the user gets a copy of what the demo needs.
  const copy = mkdtempSync(join(tmpdir(), 'stella-demo-test-'))
  afterAll(() => rmSync(copy, { recursive: true }))

  test('says why there is no real kill here and replays a recorded one', async () => {
    for (const part of [
      'bin',
      'dist',
      'scripts',
      'src/model',
      'fixtures/guest/6.1/own-limit',
      'package.json',
    ])
      cpSync(join(REPO, part), join(copy, part), { recursive: true })
    const node = join(copy, 'node')
    cpSync(process.execPath, node)
    chmodSync(copy, 0o755)
    const nobody = ['--reuid', '65534', '--regid', '65534', '--clear-groups']
    const { exitCode, stdout, stderr } = await exec(
      'setpriv',
      [...nobody, node, join(copy, 'scripts/demo.ts')],
      {
        cwd: copy,
        env: { PATH: '/usr/bin:/bin', DOCKER_HOST: 'unix:///nowhere.sock' },
      },
    )
    expect(stderr).toBe('')
    expect(stdout).toMatch(/not in a memory cgroup of its own: this user may not make a group/)
    expect(stdout).toContain('not a kill on this machine, but a recorded one')
    expect(stdout).toContain('$ stella why --from fixtures/guest/6.1/own-limit')
    expect(stdout).toContain('This was a replay.')
    expect(exitCode).toBe(0)
  })
})

function demoGroups(): string[] {
  return readdirSync(hierarchy).filter((name) => name.startsWith('stella-demo-'))
}

function needsRoot(): boolean {
  if (isRoot) return false
  if (process.env['CI'] === 'true') throw new Error('the tests of the demo need root')
  console.warn('skipped: the tests of the demo need root')
  return true
}
