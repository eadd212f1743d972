import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { liveEngine } from '../../src/cli/live-engine.ts'
import { MIB } from '../../src/model/bytes.ts'
import { findMemoryHierarchy, folderOf } from '../../src/sources/cgroup/hierarchy.ts'
import { cgroupOfProcess } from '../../src/sources/cgroup/locate.ts'
import { hostReader } from '../../src/sources/reader.ts'
import { createGroup } from '../support/cgroups.ts'
import { stella } from '../support/command-line.ts'
import { testDocker } from '../support/docker.ts'
import type { TestDocker } from '../support/docker.ts'
import { hog } from '../support/hog.ts'
import { roomForReports } from '../support/oom-reports.ts'
import { requireParts } from '../support/parts.ts'
import { until } from '../support/testbed.ts'

interface Check {
  name: string
  ok: boolean | null
  actual: string
}

describe.skipIf(requireParts('root', 'kmsg', 'docker', 'busybox', 'compiler'))(
  'verifying real workloads',
  () => {
    const names: string[] = []
    let docker: TestDocker
    let image = ''
    let data = ''

    beforeAll(async () => {
      docker = await testDocker()
      image = await docker.image()
      data = mkdtempSync(join(tmpdir(), 'stella-verify-live-'))
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

    function run(name: string, limit: string, ...words: string[]): void {
      docker.cli(
        'run',
        '--detach',
        '--network=none',
        `--name=${name}`,
        `--memory=${limit}`,
        `--memory-swap=${limit}`,
        image,
        ...words,
      )
    }

    /** A living container whose limit stella has raised from 64 MiB to 128 MiB. */
    async function fixed(label: string, ...words: string[]): Promise<string> {
      const name = `stella-test-${process.pid}-${label}`
      names.push(name)
      run(name, '64m', ...words)
      await until('it runs', () => inspect(name, '.State.Running') === 'true')
      const { code, err } = await call('fix', `docker:${name}`, '--limit', '128m', '--apply')
      expect(code, err).toBe(0)
      return name
    }

    async function call(...args: string[]) {
      const answer = await stella([...args, '--data', data, '--json'], { engine: liveEngine })
      return { ...answer, json: answer.out === '' ? null : JSON.parse(answer.out) }
    }

    async function failedChecks(target: string, ...args: string[]): Promise<string[]> {
      const { json } = await call('verify', target, ...args)
      return json.checks.filter(({ ok }: Check) => ok === false).map(({ name }: Check) => name)
    }

    function inspect(name: string, what: string): string {
      return docker.cli('inspect', `--format={{${what}}}`, name).trim()
    }

    const CALM = ['hog', 'anon=20M', 'stay'] as const

    it('one that is well holds, and not before its time', async () => {
      const name = await fixed('well', ...CALM)
      const early = await call('verify', `docker:${name}`, '--now', '--for', '1h')
      expect(early).toMatchObject({ code: 4, json: { result: 'not-yet' } })
      const held = await call('verify', `docker:${name}`, '--for', '4s')
      expect(held).toMatchObject({ code: 0, json: { result: 'holds' } })
      const span = Date.parse(held.json.until) - Date.parse(held.json.since)
      expect(span).toBe(4_000)
    })

    it('an idle container under its name does not pass', async () => {
      const name = await fixed('idle', ...CALM)
      docker.cli('rm', '--force', name)
      run(name, '128m', 'hog', 'stay')
      const failed = await failedChecks(`docker:${name}`, '--for', '2s')
      expect(failed).toEqual(
        expect.arrayContaining(['same workload', 'no restart since the change']),
      )
    })

    it('a limit beyond the machine does not pass, nor one that somebody lowered again', async () => {
      const name = await fixed('absurd', ...CALM)
      docker.cli('update', '--memory=1000g', '--memory-swap=1000g', name)
      expect(await failedChecks(`docker:${name}`, '--now')).toEqual(['limit in force'])
      docker.cli('update', '--memory=64m', '--memory-swap=64m', name)
      expect(await failedChecks(`docker:${name}`, '--now')).toEqual(['limit in force'])
    })

    it('a limit that stands in the configuration alone does not pass', async () => {
      const name = await fixed('configured', ...CALM)
      const reader = hostReader()
      const hierarchy = findMemoryHierarchy(reader)
      if (hierarchy === null) throw new Error('no memory hierarchy')
      const path = cgroupOfProcess(reader, hierarchy, Number(inspect(name, '.State.Pid')))
      const folder = folderOf(hierarchy, path ?? '')
      const file = hierarchy.version === 1 ? 'memory.limit_in_bytes' : 'memory.max'
      writeFileSync(`${folder}/${file}`, String(96 * MIB))
      expect(inspect(name, '.HostConfig.Memory')).toBe(String(128 * MIB))
      const { json } = await call('verify', `docker:${name}`, '--now')
      const limit = json.checks.find((check: Check) => check.name === 'limit in force')
      expect(limit).toMatchObject({ ok: false, actual: expect.stringMatching(/^96 MiB .*128 MiB/) })
    })

    it('one that was restarted does not pass', async () => {
      const name = await fixed('restarted', ...CALM)
      docker.cli('restart', '--time=1', name)
      expect(await failedChecks(`docker:${name}`, '--now')).toEqual(['no restart since the change'])
    })

    it('a kill after the check began ends it early', async () => {
      const name = await fixed('late', 'hog', 'anon=20M', 'sleep=6000', 'child=300M', 'stay')
      const failed = await failedChecks(`docker:${name}`, '--for', '10m')
      expect(failed).toContain('no kill since the change')
    })

    it('one that goes away meanwhile does not pass', async () => {
      const name = await fixed('gone', 'hog', 'anon=20M', 'sleep=6000')
      const failed = await failedChecks(`docker:${name}`, '--for', '10m')
      expect(failed).toEqual(expect.arrayContaining(['running', 'no restart since the change']))
    })

    it('memory near the limit does not pass; page cache at the limit does', async () => {
      const full = await fixed('full', 'hog', 'sleep=3000', 'anon=110M', 'stay')
      expect(await failedChecks(`docker:${full}`, '--for', '8s')).toContain(
        'peak below the warning line',
      )
      const cached = await fixed(
        'cached',
        'hog',
        'anon=20M',
        'sleep=3000',
        'file=/tmp/f,300M',
        'stay',
      )
      const { json } = await call('verify', `docker:${cached}`, '--for', '10s')
      expect(json.checks.filter(({ ok }: Check) => ok === false)).toEqual([])
      expect(json.result).toBe('holds')
    })

    it('a probe has to pass, too', async () => {
      const name = await fixed('probed', ...CALM)
      let status = 200
      const server = createServer((_request, response) => response.writeHead(status).end())
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
      try {
        const address = server.address()
        const port = typeof address === 'object' ? address?.port : 0
        const probe = ['--probe-http', `http://127.0.0.1:${port}/health`]
        expect((await call('verify', `docker:${name}`, '--for', '1s', ...probe)).code).toBe(0)
        status = 503
        expect(await failedChecks(`docker:${name}`, '--for', '1s', ...probe)).toEqual(['probe'])
      } finally {
        server.close()
      }
      const command = (text: string) =>
        call('verify', `docker:${name}`, '--for', '1s', '--probe-command', text)
      expect((await command('/bin/busybox true')).code).toBe(0)
      expect((await command('/bin/busybox false')).code).toBe(1)
      expect((await command('/nonexistent/program')).code).toBe(1)
    })

    it('a bare group is verified by its processes, without a fix', async () => {
      const group = createGroup('verify', 64 * MIB)
      try {
        group.start([await hog(), 'anon=20M', 'stay'])
        await until('it has its memory', () => group.read('cgroup.procs').trim() !== '')
        const { code, json } = await call('verify', `cgroup:${group.path}`, '--for', '2s')
        expect(json.checks.filter(({ ok }: Check) => ok === false)).toEqual([])
        expect(code).toBe(0)
      } finally {
        await group.remove()
      }
    })

    it('one that does not exist is told as such', async () => {
      expect((await call('verify', 'docker:stella-test-nobody', '--now')).code).toBe(3)
    })
  },
)
