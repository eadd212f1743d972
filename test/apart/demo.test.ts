import { chmodSync, cpSync, existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { once } from 'node:events'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Readable } from 'node:stream'
import { spawn, type ChildProcessByStdio } from 'node:child_process'
import { afterAll, describe, expect, onTestFinished, test } from 'vitest'
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
    const [, pid = 'none'] = /cgroup:\/stella-demo-(\d+)-/.exec(stdout) ?? []
    expect(groupsOf(pid)).toEqual([])
  })

  test('cleans up when it is interrupted', async () => {
    const demo = await demoUntil('2. A program')
    expect(groupsOf(demo.child.pid)).toHaveLength(1)
    demo.child.kill('SIGINT')
    expect(await demo.end).toEqual({ exitCode: 130, stderr: '' })
    expect(groupsOf(demo.child.pid)).toEqual([])
  })

  test.for(['stella demo', '1. A limit', '2. A program', '3. Why?', '4. The same'])(
    'cleans up when its reader goes away at "%s"',
    async (text) => {
      const demo = await demoUntil(text)
      demo.child.stdout.destroy()
      expect(await demo.end).toEqual({ exitCode: 141, stderr: '' })
      expect(groupsOf(demo.child.pid)).toEqual([])
    },
  )
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

interface RunningDemo {
  child: ChildProcessByStdio<null, Readable, Readable>
  end: Promise<{ exitCode: number | null; stderr: string }>
}

async function demoUntil(said: string): Promise<RunningDemo> {
  const child = spawn(process.execPath, [DEMO, 'cgroup'], { stdio: ['ignore', 'pipe', 'pipe'] })
  onTestFinished(() => void child.kill())
  let stderr = ''
  child.stderr.on('data', (text: Buffer) => (stderr += text.toString()))
  const end = once(child, 'exit').then(([exitCode]) => ({ exitCode, stderr }))
  let stdout = ''
  await new Promise<void>((resolve) =>
    child.stdout.on('data', (text: Buffer) => {
      stdout += text.toString()
      if (stdout.includes(said)) resolve()
    }),
  )
  return { child, end }
}

/** Those of one demo: others may run beside it. */
function groupsOf(pid: number | string | undefined): string[] {
  return readdirSync(hierarchy).filter((name) => name.startsWith(`stella-demo-${pid}-`))
}

function needsRoot(): boolean {
  if (isRoot) return false
  if (process.env['CI'] === 'true') throw new Error('the tests of the demo need root')
  console.warn('skipped: the tests of the demo need root')
  return true
}
