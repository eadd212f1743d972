import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { LAUNCHER } from '../../scripts/lib/repo.ts'
import * as z from 'zod/mini'
import { MIB } from '../../src/model/bytes.ts'
import { createGroup } from '../support/cgroups.ts'
import type { TestGroup } from '../support/cgroups.ts'
import { testDocker } from '../support/docker.ts'
import type { TestDocker } from '../support/docker.ts'
import { nodeImage } from '../support/images.ts'
import { requireParts } from '../support/parts.ts'
import { testPodman } from '../support/podman.ts'
import type { TestPodman } from '../support/podman.ts'
import { runStella } from '../support/program.ts'
import type { Ran } from '../support/program.ts'
import { tryRun, until } from '../support/testbed.ts'

const PREFIX = `stella-test-${process.pid}-audit`

const ANSWER = z.object({
  findings: z.array(z.object({ rule: z.string(), file: z.string(), message: z.string() })),
})

/** The machine has other groups, of which nothing is asserted: what is found about ours, as `RULE file message`. */
function oursIn({ out }: Ran): string[] {
  return ANSWER.parse(JSON.parse(out))
    .findings.map(({ rule, file, message }) => `${rule} ${file} ${message}`)
    .filter((line) => line.includes(PREFIX))
    .map((line) => line.replaceAll(`${PREFIX}-`, ''))
    .toSorted()
}

function mistakesIn({ out }: Ran): string[] {
  const { findings } = ANSWER.parse(JSON.parse(out))
  return findings.map(({ rule, message }) => `${rule} ${message}`).toSorted()
}

describe.skipIf(requireParts('root', 'cgroup-v1', 'docker', 'podman', 'busybox', 'compiler'))(
  'audit --live, on this machine',
  () => {
    let docker: TestDocker
    let podman: TestPodman
    let images = { hog: '', node: '', podman: '' }
    const folder = mkdtempSync(join(tmpdir(), 'stella-test-'))
    const groups: TestGroup[] = []
    const names: string[] = []

    beforeAll(async () => {
      docker = await testDocker()
      podman = testPodman()
      images = {
        hog: await docker.image(),
        node: await docker.image(nodeImage()),
        podman: await podman.image(),
      }
      const tight = createGroup('audit-tight', 48 * MIB)
      groups.push(tight)
      run('unlimited', [])
      run('tmpfs', ['--memory=64m', '--tmpfs=/scratch'])
      run('java', [
        '--memory=64m',
        '--env=JAVA_TOOL_OPTIONS=-Xmx1g',
        '--env=DB_PASSWORD=hunter2-db',
      ])
      run('tight', ['--memory=64m', `--cgroup-parent=${tight.path}`])
      run('node', [`--cgroup-parent=${tight.path}`], images.node, NODE)
      run('kernel', ['--memory=64m', '--kernel-memory=32m'])
      run('changed', ['--memory=64m'])
      run('loop', ['--memory=16m', '--restart=always'], images.hog, ['hog', 'anon=40M', 'stay'])
      run('clean', ['--memory=64m'])
      podmanRun('unlimited', [])
      podmanRun('tmpfs', ['--memory=64m', '--tmpfs=/scratch'])
      podmanRun('clean', ['--memory=64m', '--memory-swap=64m'])
      const id = docker.cli('inspect', '--format={{.Id}}', `${PREFIX}-changed`).trim()
      tryRun(['sh', '-c', 'echo 33554432 > "$0"', limitFile(id)])
      // By then Docker waits for some seconds before each start.
      await until('it was restarted', () => restarts() >= 6, 60_000)
    }, 240_000)
    afterAll(async () => {
      if (names.length > 0) docker.tryCli('rm', '--force', ...names)
      if (names.length > 0) podman.tryCli('rm', '--force', '--ignore', '--time=0', ...names)
      for (const group of groups) await group.remove()
      rmSync(folder, { recursive: true, force: true })
    }, 60_000)

    const NODE = ['node', '-e', 'setInterval(() => {}, 1000)']
    const SLEEP = ['sleep', '600']

    function run(name: string, options: string[], image = images.hog, command = SLEEP): void {
      names.push(`${PREFIX}-${name}`)
      const detached = ['run', '--detach', '--network=none', `--name=${PREFIX}-${name}`]
      docker.cli(...detached, ...options, image, ...command)
    }

    function podmanRun(name: string, options: string[]): void {
      names.push(`${PREFIX}-${name}`)
      const detached = ['run', '--detach', '--network=none', `--name=${PREFIX}-${name}`]
      podman.cli(...detached, ...options, images.podman, ...SLEEP)
    }

    function limitFile(id: string): string {
      return `/sys/fs/cgroup/memory/docker/${id}/memory.limit_in_bytes`
    }

    function restarts(): number {
      return Number(docker.cli('inspect', '--format={{.RestartCount}}', `${PREFIX}-loop`))
    }

    /** Its flag comes from another thread than its exit code, and is lost now and then; the next end brings it. */
    function isToldToBeKilled(): boolean {
      const format = '--format={{.State.Status}} {{.State.OOMKilled}}'
      return docker.cli('inspect', format, `${PREFIX}-loop`).trim() === 'restarting true'
    }

    function live(...args: readonly string[]): Promise<Ran> {
      return runStella(['audit', '--live', '--json', ...args], { ...docker.env, ...podman.env })
    }

    it('finds every mistake that was made on purpose, and nothing at the clean ones', async () => {
      await until('Docker tells what ended it', () => isToldToBeKilled(), 90_000)
      const ran = await live()
      expect(ran.code).toBe(1)
      const found = oursIn(ran)
        .filter((line) => !line.startsWith('C22'))
        .map((line) => line.replace(/\d+ times/, 'N times'))
      expect(found).toEqual([
        'C01 docker:unlimited unlimited may take all memory of its machine',
        'C01 podman:unlimited unlimited may take all memory of its machine',
        "C17 docker:tmpfs /scratch may take half of the machine's memory, far above 64 MiB",
        "C17 podman:tmpfs /scratch may take half of the machine's memory, far above 64 MiB",
        "C21 docker:kernel 32 MiB for the kernel's memory of kernel hold on no kernel from 5.16 on",
        'C25 docker:loop loop was started again N times, and last killed for memory under its limit of 16 MiB',
        'J01 docker:java a heap of 1 GiB does not fit into the limit 64 MiB',
        'O02 host docker:node has no limit of its own, and /tight above it has 48 MiB; its Node.js sizes its heap by the machine',
        'O02 host docker:tight may take 64 MiB, and /tight above it has 48 MiB',
        'O10 host docker:changed was given 64 MiB, and its group has 32 MiB',
      ])
      expect(ran.out).toMatch(/"unbounded: \d+ of \d+ running containers have no limit/)
    })

    it('judges files against the machine beside it, and not by what it may be elsewhere', async () => {
      const { out } = await live(
        fileURLToPath(new URL('../../fixtures/audit/correct', import.meta.url)),
      )
      const { findings } = ANSWER.parse(JSON.parse(out))
      expect(findings.filter(({ file }) => file.includes('fixtures'))).toEqual([])
    })

    it('saves what it saw, without a secret, and another machine finds the same in it', async () => {
      const file = join(folder, 'machine.yaml')
      const ran = await live('--evidence', file)
      expect(readFileSync(file, 'utf8')).toContain('DB_PASSWORD=[redacted]')
      expect(readFileSync(file, 'utf8') + ran.out).not.toContain('hunter2')
      const elsewhere = await runStella(['audit', file, '--json'])
      expect(mistakesIn(elsewhere)).toEqual(mistakesIn(ran))
    })

    it('judges what is left where an engine does not answer, and says which', async () => {
      const env = { DOCKER_HOST: `unix://${folder}/none.sock`, ...podman.env }
      const ran = await runStella(['audit', '--live', '--json'], env)
      expect(ran.err).toContain(
        `stella: docker could not be asked: unix://${folder}/none.sock does not exist\n`,
      )
      expect(ran.code).toBe(1)
      expect(oursIn(ran)).toContainEqual(expect.stringMatching(/^C01 podman:unlimited /))
      // What no engine tells is read from the groups.
      expect(ran.out).toMatch(/has no limit of its own, and [^"]*-audit-tight above it has 48 MiB/)
    })

    it.skipIf(requireParts('setpriv'))('names the missing right, and judges the rest', () => {
      const nobody = [
        '--reuid=65534',
        '--regid=65534',
        '--clear-groups',
        '--inh-caps=-all',
        '--bounding-set=-all',
      ]
      const ran = tryRun(
        ['setpriv', ...nobody, process.execPath, LAUNCHER, 'audit', '--live', '--json'],
        { env: docker.env },
      )
      expect(ran.stderr).toContain('may not be opened: it needs root or the group docker')
      expect(ran.status).toBe(1)
      expect(ran.stdout).toMatch(/above it has 48 MiB/)
    })
  },
)
