import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { MIB } from '../../src/model/bytes.ts'
import { testDocker } from '../support/docker.ts'
import type { TestDocker } from '../support/docker.ts'
import { HOG_IMAGE, nodeImage, pythonImage } from '../support/images.ts'
import type { ImageRecipe } from '../support/images.ts'
import { jvmImage, nativeLeak } from '../support/jvm.ts'
import { requireParts } from '../support/parts.ts'
import { runStella } from '../support/program.ts'
import type { Ran } from '../support/program.ts'
import { until } from '../support/testbed.ts'

const PROGRAMS = join(import.meta.dirname, '../support/growing')

/** What `stella size --json` says of growth, as far as it is asked here. */
interface Sized {
  kind: string
  limitBytes: number | null
  refused: boolean
  because: readonly string[]
  diagnosis: string | null
  growth: {
    component: string | null
    process: { pid: number; name: string | null } | null
    region: { name: string; grownBytes: number } | null
  }
}

/** The PID that a process has for itself. */
function innerPid(pid: number): number {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8')
  return Number(/^NSpid:.*?(\d+)$/m.exec(status)?.[1])
}

describe.skipIf(requireParts('root', 'docker', 'busybox', 'compiler', 'python', 'java'))(
  'containers that grow',
  () => {
    const data = mkdtempSync(join(tmpdir(), 'stella-growing-'))
    const names: string[] = []
    let docker: TestDocker

    beforeAll(async () => {
      docker = await testDocker()
    }, 120_000)
    afterAll(() => {
      for (const name of names.splice(0)) docker.tryCli('rm', '--force', name)
      rmSync(data, { recursive: true, force: true })
    })

    async function start(
      what: string,
      recipe: ImageRecipe,
      options: readonly string[],
      command: readonly string[],
    ): Promise<string> {
      const name = `stella-test-${process.pid}-growing-${what}`
      names.push(name)
      const image = await docker.image(recipe)
      const common = ['--detach', '--network=none', `--volume=${PROGRAMS}:/programs:ro`]
      docker.cli('run', ...common, `--name=${name}`, ...options, image, ...command)
      return name
    }

    const stella = (...args: string[]): Promise<Ran> =>
      runStella([...args, '--data', data], docker.env)

    async function recordAndSize(name: string, seconds: number): Promise<Sized> {
      const recorded = await stella('record', `docker:${name}`, '--for', `${seconds}s`)
      expect(recorded).toMatchObject({ code: 0 })
      const { out } = await stella('size', `docker:${name}`, '--json')
      return JSON.parse(out)
    }

    it.concurrent('names the one of many workers that leaks', async () => {
      const name = await start(
        'workers',
        pythonImage(),
        ['--memory=512m', '--memory-swap=512m'],
        ['python3', '/programs/workers.py', '5', '3', '2'],
      )
      await until('the workers work', () => docker.cli('logs', name).includes('ready'))
      const sized = await recordAndSize(name, 40)
      expect(sized.refused).toBe(true)
      expect(sized.limitBytes).toBeNull()
      const inner = docker.cli('logs', name).split('\n')[0]
      const processes = docker.cli('top', name, '-eo', 'pid,args').split('\n').slice(1)
      const hostPids = processes.map((line) => Number(line.trim().split(/\s+/)[0]))
      const leaking = sized.growth.process?.pid ?? 0
      expect(hostPids).toContain(leaking)
      expect(innerPid(leaking)).toBe(Number(inner))
    })

    it.concurrent('sees a Node service that keeps its sessions', async () => {
      const name = await start(
        'node',
        nodeImage(),
        ['--memory=512m', '--memory-swap=512m'],
        ['node', '/programs/sessions.js', '128', '16'],
      )
      const sized = await recordAndSize(name, 60)
      expect(sized).toMatchObject({ kind: 'leak', growth: { component: 'anonymous' } })
      // What grows is V8's heap, which ends by itself: that is the most that a limit is good for.
      expect(sized.because.join()).toContain('V8 heap')
      expect(sized.limitBytes).toBeLessThan(512 * MIB)
    })

    it.concurrent('sees a JVM leak outside of its heap', async () => {
      const name = await start(
        'jvm',
        jvmImage(),
        ['--memory=512m', '--memory-swap=512m', `--volume=${nativeLeak()}:/classes:ro`],
        ['java', '-Xmx64m', '-cp', '/classes', 'NativeLeak', '10'],
      )
      const sized = await recordAndSize(name, 60)
      expect(sized.refused).toBe(true)
      expect(sized.growth.component).toBe('anonymous')
    })

    it.concurrent('sees files in tmpfs, which no process holds', async () => {
      const fill =
        'i=0; while [ $i -lt 200 ]; do dd if=/dev/zero of=/dev/shm/$i bs=1M count=1 2>/dev/null; i=$((i+1)); sleep 0.25; done'
      const name = await start(
        'tmpfs',
        HOG_IMAGE,
        ['--memory=256m', '--memory-swap=256m', '--shm-size=1g'],
        ['sh', '-c', fill],
      )
      const sized = await recordAndSize(name, 40)
      expect(sized).toMatchObject({ diagnosis: 'tmpfs', growth: { component: 'shmem' } })
      expect(sized.refused).toBe(true)
    })
  },
)
