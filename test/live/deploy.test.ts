import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { parseAllDocuments } from 'yaml'
import { MIB } from '../../src/model/bytes.ts'
import { testDocker } from '../support/docker.ts'
import type { TestDocker } from '../support/docker.ts'
import { roomForReports } from '../support/oom-reports.ts'
import { requireParts } from '../support/parts.ts'
import { runStella } from '../support/program.ts'
import { stellaImage } from '../support/stella-image.ts'
import { run, testbedFolder, tryRun, until } from '../support/testbed.ts'

const DEPLOY = fileURLToPath(new URL('../../deploy/', import.meta.url))
const TOKEN = 'a-token-that-nobody-knows'
const WATCH_BYTES = 90 * MIB
const WATCH_BYTES_AFTER_A_STORM = 128 * MIB
const SERVE_BYTES = 260 * MIB

describe('what deploy/ holds', () => {
  it('has no memory mistake, as stella itself sees it', async () => {
    const folders = ['image', 'compose', 'systemd', 'kubernetes'].map((name) => `${DEPLOY}${name}`)
    const { out, code } = await runStella(['audit', '--pedantic', '--json', ...folders])
    const { findings, files }: { findings: object[]; files: number } = JSON.parse(out)
    expect(findings).toEqual([])
    expect(code).toBe(0)
    expect(files).toBeGreaterThanOrEqual(10)
  })

  it.skipIf(requireParts('systemd'))('has units that systemd takes, with few rights', () => {
    for (const [name, exposure] of [
      ['stella-watch', 3],
      ['stella-serve', 2],
    ] as const) {
      const unit = `${DEPLOY}systemd/${name}.service`
      expect(tryRun(['systemd-analyze', 'verify', unit])).toMatchObject({ status: 0, stderr: '' })
      const { stdout } = tryRun(['systemd-analyze', 'security', '--offline=yes', unit])
      expect(Number(/exposure level for \S+: ([\d.]+)/.exec(stdout)?.[1])).toBeLessThan(exposure)
    }
  })

  it.skipIf(requireParts('kubectl'))('has manifests that kubectl reads to the last field', () => {
    const built = run(['kubectl', 'kustomize', `${DEPLOY}kubernetes`])
    const objects = parseAllDocuments(built).map((document) => document.toJS())
    const kinds = new Set(objects.map(({ kind }) => kind))
    expect([...kinds]).toEqual(
      expect.arrayContaining(['DaemonSet', 'NetworkPolicy', 'Service', 'StatefulSet']),
    )
    // One account has rights, those of its table; nobody is given a secret.
    expect([...kinds].filter((kind) => /Role|Secret/.test(kind))).toEqual([
      'ClusterRole',
      'ClusterRoleBinding',
    ])
    for (const object of objects.filter(({ kind }) => kind.endsWith('Set'))) {
      // It reads into the types of the API, and drops what these do not have.
      const { image } = object.spec.template.spec.containers[0]
      const local = ['set', 'image', '--local', '--filename=-', '--output=json', '*=another']
      const read = run(['kubectl', ...local], { input: JSON.stringify(object) })
      expect(JSON.parse(read.replaceAll('"another"', JSON.stringify(image)))).toMatchObject(object)
    }
  })

  const compose = [['docker', 'compose'], ['docker-compose']].find(
    (argv) => tryRun([...argv, 'version']).status === 0,
  )
  it.skipIf(compose === undefined)('has Compose files that Compose takes', () => {
    const folder = mkdtempSync(join(testbedFolder('deploy'), 'compose-'))
    try {
      const files = ['compose.yaml', 'compose.postgresql.yaml'].map((name) => {
        const text = readFileSync(`${DEPLOY}compose/${name}`, 'utf8')
        // Version 1 is from before these two.
        const old = compose?.length === 1
        const path = join(folder, name)
        writeFileSync(path, old ? text.replaceAll(/^(?:name| {4}cgroup): \w+\n/gm, '') : text)
        return path
      })
      const options = files.flatMap((path) => ['--file', path])
      const env = { POSTGRES_PASSWORD: 'x' }
      const judged = tryRun([...(compose ?? []), ...options, 'config', '--quiet'], { env })
      expect(judged).toMatchObject({ status: 0, stderr: '' })
    } finally {
      rmSync(folder, { recursive: true, force: true })
    }
  })
})

describe.skipIf(requireParts('root', 'kmsg', 'docker', 'busybox', 'compiler', 'npm-registry'))(
  'the image',
  () => {
    let docker: TestDocker
    let image = ''
    let victimImage = ''
    const names: string[] = []

    beforeAll(async () => {
      docker = await testDocker()
      image = await stellaImage(docker)
      victimImage = await docker.image()
    }, 600_000)
    afterAll(() => {
      if (names.length > 0) docker.tryCli('rm', '--force', '--volumes', ...names)
    })

    function start(label: string, options: readonly string[], ...command: string[]): string {
      const name = `stella-test-${process.pid}-${label}`
      names.push(name)
      docker.cli('run', '--detach', '--network=none', `--name=${name}`, ...options, ...command)
      return name
    }

    /** The rights that docs/guides/fleet.md lists, each by its name. */
    const rights = (): Record<string, string[]> => ({
      user: ['--user=0:0'],
      pid: ['--pid=host'],
      syslog: ['--cap-add=SYSLOG'],
      kmsg: ['--device=/dev/kmsg:/dev/kmsg:r'],
      groups: ['--volume=/sys/fs/cgroup:/sys/fs/cgroup:ro'],
      engine: [`--volume=${docker.socket}:/var/run/docker.sock:ro`],
      machine: ['--volume=/etc/machine-id:/etc/machine-id:ro'],
    })

    function watch(label: string, without: string | null = null): string {
      const given = Object.entries(rights()).flatMap(([name, options]) =>
        name === without ? [] : options,
      )
      const bounds = ['--memory=192m', '--memory-swap=192m', '--pids-limit=64']
      const closed = ['--cap-drop=ALL', '--read-only', '--security-opt=no-new-privileges']
      const places = ['--tmpfs=/tmp:size=16m', '--tmpfs=/var/lib/stella:mode=0777']
      const options = [...given, ...bounds, ...closed, ...places, '--cgroupns=host']
      return start(label, [...options, '--no-healthcheck'], image, 'watch', '--json')
    }

    const logs = (name: string): string => {
      const { stdout, stderr } = docker.tryCli('logs', name)
      return stdout + stderr
    }
    const begins = (name: string): Promise<unknown> =>
      until(`${name} watches`, () => logs(name).includes('"what":"started"'))

    function rssOf(name: string): number {
      const pid = docker.cli('inspect', '--format', '{{.State.Pid}}', name).trim()
      const status = readFileSync(`/proc/${pid}/status`, 'utf8')
      return Number(/^VmHWM:\s+(\d+) kB/m.exec(status)?.[1]) * 1_024
    }

    it('watches with the documented rights, and no more: a kill is a case with its container', async () => {
      await roomForReports()
      const watching = watch('watch')
      await begins(watching)
      const victim = start('victim', ['--memory=16m'], victimImage, 'hog', 'anon=64M')
      await until('the case', () =>
        logs(watching)
          .split('\n')
          .some((line) => line.includes('oom-own-limit') && line.includes(`"name":"${victim}"`)),
      )
      expect(logs(watching)).not.toContain('"what":"blind"')
      // A ring buffer full of older kills, as other tests leave it, is judged at once in the beginning.
      const isQuiet = logs(watching).split('"kind":"case"').length < 20
      expect(rssOf(watching)).toBeLessThan(isQuiet ? WATCH_BYTES : WATCH_BYTES_AFTER_A_STORM)
    })

    it.each([
      ['syslog', /\/dev\/kmsg cannot be read \(EPERM\)/],
      ['kmsg', /\/dev\/kmsg cannot be read \(ENOENT\)/],
    ])('says what it cannot see without %s', async (right, says) => {
      const watching = watch(`without-${right}`, right)
      const line = await until(`it says ${says.source}`, () =>
        logs(watching)
          .split('\n')
          .find((each) => says.test(each)),
      )
      expect(JSON.parse(line)).toMatchObject({ what: 'blind' })
    })

    it('serves without any right, is healthy, and says so no longer when it does not answer', async () => {
      const token = join(mkdtempSync(join(testbedFolder('deploy'), 'token-')), 'token')
      writeFileSync(token, TOKEN, { mode: 0o444 })
      const options = ['--cap-drop=ALL', '--read-only', '--security-opt=no-new-privileges']
      const bounds = ['--memory=384m', '--memory-swap=384m', '--tmpfs=/tmp:size=16m']
      const health = ['--health-interval=1s', '--health-retries=1', '--health-start-period=0s']
      const secret = [`--volume=${token}:/run/secrets/stella-token:ro`]
      const server = start('serve', [...options, ...bounds, ...health, ...secret], image)
      const state = (): string =>
        docker.cli('inspect', '--format', '{{.State.Health.Status}}', server).trim()
      await until('it is healthy', () => state() === 'healthy', 60_000)
      expect(rssOf(server)).toBeLessThan(SERVE_BYTES)
      expect(docker.cli('exec', server, 'id', '-u').trim()).toBe('10001')
      const pid = Number(docker.cli('inspect', '--format', '{{.State.Pid}}', server))
      process.kill(pid, 'SIGSTOP')
      await until('it is not', () => state() === 'unhealthy', 60_000)
      process.kill(pid, 'SIGCONT')
      docker.cli('stop', server)
      expect(docker.cli('inspect', '--format', '{{.State.ExitCode}}', server).trim()).toBe('0')
    })

    it('serves again after it was killed', async () => {
      const volume = `stella-test-${process.pid}-data`
      docker.cli('volume', 'create', volume)
      try {
        const server = start(
          'serve-again',
          [`--volume=${volume}:/var/lib/stella`, `--env=STELLA_TOKEN=${TOKEN}`],
          image,
          'serve',
          '--no-watch',
          '--listen=0.0.0.0:8137',
        )
        await until('it serves', () => logs(server).includes('listening on http'), 60_000)
        docker.cli('kill', server)
        // The next one to be started gets the number that the PID namespace of the killed one had.
        start('between', [], victimImage, 'hog', 'stay')
        docker.cli('start', server)
        const isUp = (): string =>
          docker.cli('inspect', '--format', '{{.State.Status}}', server).trim()
        const starts = (): number => logs(server).split('listening on http').length - 1
        await until(
          'it serves again, or ends',
          () => starts() === 2 || isUp() !== 'running',
          60_000,
        )
        expect(starts(), logs(server)).toBe(2)
      } finally {
        docker.tryCli('rm', '--force', ...names)
        docker.tryCli('volume', 'rm', volume)
      }
    })
  },
)
