import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { liveEngine } from '../../src/cli/live-engine.ts'
import { MIB } from '../../src/model/bytes.ts'
import { stella } from '../support/command-line.ts'
import { createGroup } from '../support/cgroups.ts'
import { testDocker } from '../support/docker.ts'
import type { TestDocker } from '../support/docker.ts'
import { nodeImage, pythonImage } from '../support/images.ts'
import { roomForReports } from '../support/oom-reports.ts'
import { requireParts } from '../support/parts.ts'
import { testPodman } from '../support/podman.ts'
import { until } from '../support/testbed.ts'

interface Check {
  name: string
  ok: boolean | null
}

/** What the tutorial's container runs: 100 times 1 MiB, and then it works on. */
const PROCESSOR = `
import time
data = []
for i in range(100):
    data.append('x' * (1024 * 1024))
    time.sleep(0.02)
time.sleep(3600)
`

/**
 * Takes more than any container here has while its heap may grow to that, all at once: one that creeps up to its limit may
 * read its own program from disk again and again for minutes before it is killed.
 */
const HEAP_OF_ITS_OWN = `
const allowed = require('v8').getHeapStatistics().heap_size_limit
const kept = allowed > 1e9 ? Buffer.alloc(1e9, 1) : null
setInterval(() => kept, 1000)
`

describe.skipIf(requireParts('root', 'kmsg', 'docker', 'busybox', 'compiler', 'python'))(
  'fixing real containers',
  () => {
    const names: string[] = []
    let docker: TestDocker
    let hog = ''
    let data = ''

    beforeAll(async () => {
      docker = await testDocker()
      hog = await docker.image()
      data = mkdtempSync(join(tmpdir(), 'stella-fix-live-'))
      for (const [name, value] of Object.entries(docker.env)) vi.stubEnv(name, value)
    }, 180_000)
    beforeEach(roomForReports)
    afterAll(() => {
      vi.unstubAllEnvs()
      rmSync(data, { recursive: true, force: true })
      const all = docker.tryCli('ps', '--all', '--format={{.Names}}').stdout.split('\n')
      const ours = all.filter((name) => names.some((one) => name.startsWith(one)))
      if (ours.length > 0) docker.tryCli('rm', '--force', ...ours)
    })

    function start(label: string, options: readonly string[], image: string, ...words: string[]) {
      const name = `stella-test-${process.pid}-${label}`
      names.push(name)
      docker.cli('run', '--detach', '--network=none', `--name=${name}`, ...options, image, ...words)
      return name
    }

    async function fix(...args: string[]) {
      const answer = await stella(['fix', ...args, '--data', data, '--json'], {
        engine: liveEngine,
      })
      return { ...answer, json: answer.out === '' ? null : JSON.parse(answer.out) }
    }

    async function verify(...args: string[]) {
      const answer = await stella(['verify', ...args, '--data', data, '--json'], {
        engine: liveEngine,
      })
      return { ...answer, json: answer.out === '' ? null : JSON.parse(answer.out) }
    }

    function inspect(name: string, what: string): string {
      return docker.cli('inspect', `--format={{${what}}}`, name).trim()
    }

    function limitOf(name: string): number {
      return Number(inspect(name, '.HostConfig.Memory'))
    }

    it('a processor that needs 128 MiB and has 32: killed, planned, fixed, verified, taken back', async () => {
      const image = await docker.image(pythonImage())
      const name = start('processor', ['--memory=32m'], image, 'python3', '-c', PROCESSOR)
      docker.cli('wait', name)
      const id = inspect(name, '.Id')

      const plan = await fix(`docker:${name}`)
      expect(plan).toMatchObject({ code: 0, json: { action: 'plan', remedyId: 'raise-limit' } })
      expect(limitOf(name)).toBe(32 * MIB)
      expect(inspect(name, '.State.Running')).toBe('false')

      const applied = await fix(`docker:${name}`, '--limit', '256m', '--apply')
      expect(applied).toMatchObject({ code: 0, json: { record: { state: 'applied' } } })
      const fixId: string = applied.json.record.id
      expect(limitOf(name)).toBe(256 * MIB)
      expect(inspect(name, '.State.Running')).toBe('true')
      const evidence = join(data, 'fixes', fixId, 'case.json')
      expect(JSON.parse(readFileSync(evidence, 'utf8')).verdict.code).toBe('oom-own-limit')
      expect(readdirSync(join(data, 'fixes', fixId))).toContain('world.json')

      // The kill before the change still stands in the kernel log, and in the engine's events.
      const verified = await verify(fixId, '--for', '8s')
      expect(verified.json.checks.filter(({ ok }: Check) => ok === false)).toEqual([])
      expect(verified).toMatchObject({ code: 0, json: { result: 'holds', fix: fixId } })

      const again = await fix(`docker:${name}`)
      expect(again).toMatchObject({ code: 1 })
      expect(again.json.because[0]).toContain(fixId)

      const undone = await fix(`docker:${name}`, '--undo')
      expect(undone).toMatchObject({ code: 0, json: { record: { id: fixId, state: 'undone' } } })
      expect(limitOf(name)).toBe(32 * MIB)
      expect(inspect(name, '.State.Running')).toBe('false')
      expect(inspect(name, '.Id')).toBe(id)
      const { json } = await fix('--list', `docker:${name}`)
      expect(json.fixes).toHaveLength(1)
    })

    it('the limit that stella finds by itself lets it run', async () => {
      const image = await docker.image(pythonImage())
      const name = start('by-itself', ['--memory=32m'], image, 'python3', '-c', PROCESSOR)
      docker.cli('wait', name)
      const applied = await fix(`docker:${name}`, '--apply')
      expect(applied).toMatchObject({ code: 0, json: { record: { state: 'applied' } } })
      expect(limitOf(name)).toBeGreaterThan(114 * MIB)
      await until('it has all its memory', () => Number(peakOf(name)) > 100 * MIB)
      expect(inspect(name, '.State.Running')).toBe('true')
      expect(inspect(name, '.RestartCount')).toBe('0')
    })

    function peakOf(name: string): string {
      const pid = inspect(name, '.State.Pid')
      const status = readFileSync(`/proc/${pid}/status`, 'utf8')
      return String(Number(/^VmHWM:\s+(\d+) kB/m.exec(status)?.[1] ?? 0) * 1_024)
    }

    it('a leak is refused the second time, and gets what is named with a warning', async () => {
      const leak = ['hog', 'grow=1M,800,512M', 'stay']
      const name = start('leak', ['--memory=16m', '--memory-swap=16m'], hog, ...leak)
      docker.cli('wait', name)
      const first = await fix(`docker:${name}`, '--limit', '24m', '--apply')
      expect(first).toMatchObject({ code: 0 })
      await until('it is killed again', () => inspect(name, '.State.Running') === 'false', 60_000)

      const second = await fix(`docker:${name}`)
      expect(second.code).toBe(1)
      expect(second.json.because.join(' ')).toContain('killed again')
      expect(limitOf(name)).toBe(24 * MIB)
      const said = await fix(`docker:${name}`, '--limit', '64m')
      expect(said).toMatchObject({ code: 0, json: { action: 'plan' } })
      expect(said.json.warnings.join(' ')).toContain('killed again')
      expect(said.json.warnings.join(' ')).toMatch(/this buys \d+ seconds; it cures nothing/)
    })

    it('it does not hold where a child is killed within the window', async () => {
      const words = ['hog', 'anon=40M', 'sleep=5000', 'child=200M', 'stay']
      const name = start('child', ['--memory=32m', '--memory-swap=32m'], hog, ...words)
      docker.cli('wait', name)
      const applied = await fix(`docker:${name}`, '--limit', '96m', '--apply')
      expect(applied).toMatchObject({ code: 0, json: { record: { state: 'applied' } } })
      const verified = await verify(`docker:${name}`, '--for', '60s')
      expect(verified).toMatchObject({ code: 1, json: { result: 'fails' } })
      const failed = verified.json.checks.filter(({ ok }: Check) => ok === false)
      expect(failed.map(({ name: check }: Check) => check)).toContain('no kill since the change')
      expect(inspect(name, '.State.Running')).toBe('true')
    })

    it('a heap that may outgrow the limit gets its flag, and other flags stay', async () => {
      const image = await docker.image(nodeImage())
      const secret = '--title=hidden-4711'
      const options = [
        '--memory=96m',
        '--memory-swap=96m',
        `--env=NODE_OPTIONS=${secret} --max-old-space-size=4096`,
      ]
      const name = start('heap', options, image, '/usr/bin/node', '-e', HEAP_OF_ITS_OWN)
      docker.cli('wait', name)
      const applied = await fix(`docker:${name}`, '--apply')
      expect(applied).toMatchObject({
        code: 0,
        json: { remedyId: 'fit-heap', record: { state: 'applied', plan: { method: 'recreate' } } },
      })
      expect(applied.out).not.toContain('hidden-4711')
      expect(inspect(name, '.Config.Env')).toContain(`${secret} --max-old-space-size=67`)
      if (inspect(name, '.State.Running') === 'false') docker.cli('start', name)

      const verified = await verify(`docker:${name}`, '--now')
      const settings = verified.json.checks.find((one: Check) => one.name === 'settings in force')
      expect(settings).toMatchObject({ ok: true })
      expect(verified.out).not.toContain('hidden-4711')
    })

    it('a limit above the container is the one that is raised', async () => {
      const group = createGroup('fix-parent', 48 * MIB)
      try {
        const options = [`--cgroup-parent=${group.path}`, '--memory=200m', '--memory-swap=200m']
        const name = start('within', options, hog, 'hog', 'anon=80M', 'stay')
        docker.cli('wait', name)
        const applied = await fix(`docker:${name}`, '--limit', '128Mi', '--apply')
        expect(applied, applied.err).toMatchObject({
          code: 0,
          json: { record: { plan: { platform: 'host', target: { path: group.path } } } },
        })
        const file = group.version === 1 ? 'memory.limit_in_bytes' : 'memory.max'
        expect(group.read(file).trim()).toBe(String(128 * MIB))
        expect(limitOf(name)).toBe(200 * MIB)

        docker.cli('start', name)
        await until('it has its memory', () => Number(peakOf(name)) > 80 * MIB)
        const verified = await verify(`docker:${name}`, '--for', '2s')
        expect(verified.json.checks.filter(({ ok }: Check) => ok === false)).toEqual([])
        expect(verified.code).toBe(0)
        expect((await fix(`docker:${name}`, '--undo')).code).toBe(2)
        docker.cli('rm', '--force', name)
        expect((await fix('--undo', applied.json.record.id)).code).toBe(0)
        expect(group.read(file).trim()).toBe(String(48 * MIB))
      } finally {
        await group.remove()
      }
    })

    it('no limit, and one below what it holds, are refused and change nothing', async () => {
      const name = start('alive', ['--memory=128m'], hog, 'hog', 'anon=60M', 'stay')
      await until('it has its memory', () => Number(peakOf(name)) > 60 * MIB)
      for (const text of ['0', 'none', '40m', '1000g']) {
        const { code, err } = await fix(`docker:${name}`, '--limit', text, '--apply')
        expect(code, err).toBe(2)
        expect(err.trim().split('\n')).toHaveLength(1)
      }
      expect(limitOf(name)).toBe(128 * MIB)
      expect((await fix('--list', `docker:${name}`)).json.fixes).toEqual([])
    })
  },
)

describe.skipIf(requireParts('root', 'kmsg', 'podman', 'busybox', 'compiler'))(
  'fixing a real container of Podman',
  () => {
    const podman = testPodman()
    const name = `stella-test-${process.pid}-podman`
    let data = ''

    beforeAll(() => {
      data = mkdtempSync(join(tmpdir(), 'stella-fix-live-'))
      for (const [variable, value] of Object.entries(podman.env)) vi.stubEnv(variable, value)
    })
    beforeEach(roomForReports)
    afterAll(() => {
      vi.unstubAllEnvs()
      rmSync(data, { recursive: true, force: true })
      const all = podman.tryCli('ps', '--all', '--format={{.Names}}').stdout.split('\n')
      const ours = all.filter((one) => one.startsWith(name))
      if (ours.length > 0) podman.tryCli('rm', '--force', ...ours)
    })

    it('is killed, fixed, verified, and taken back', async () => {
      const call = async (...args: string[]) => {
        const answer = await stella([...args, '--data', data, '--json'], { engine: liveEngine })
        return { code: answer.code, err: answer.err, json: JSON.parse(answer.out) }
      }
      const limit = () =>
        Number(podman.cli('inspect', '--format={{.HostConfig.Memory}}', name).trim())
      const image = await podman.image()
      const words = [image, 'hog', 'anon=40M', 'stay']
      podman.cli('run', '--detach', '--network=none', `--name=${name}`, '--memory=32m', ...words)
      podman.tryCli('wait', name)

      const applied = await call('fix', `podman:${name}`, '--apply')
      expect(applied).toMatchObject({ code: 0, json: { record: { state: 'applied' } } })
      expect(limit()).toBeGreaterThan(32 * MIB)
      const verified = await call('verify', `podman:${name}`, '--for', '4s')
      expect(verified.json.checks.filter(({ ok }: Check) => ok === false)).toEqual([])
      expect(verified.code).toBe(0)
      expect(await call('fix', `podman:${name}`, '--undo')).toMatchObject({ code: 0 })
      expect(limit()).toBe(32 * MIB)
    })
  },
)
