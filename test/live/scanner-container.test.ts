/** A host for workers in a container without rights: it may make no group for them, and has one limit for all. */
import { chmodSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { MIB } from '../../src/model/bytes.ts'
import { createGroup } from '../support/cgroups.ts'
import { testDocker } from '../support/docker.ts'
import type { TestDocker } from '../support/docker.ts'
import { requireParts } from '../support/parts.ts'
import { largeImage, scannerOf } from '../support/scanner-service.ts'
import type { Scanner } from '../support/scanner-service.ts'
import { startPostgres } from '../support/server-starters.ts'
import { startServing } from '../support/serving.ts'
import { stellaImage } from '../support/stella-image.ts'
import { testbedFolder, until } from '../support/testbed.ts'

const LIMIT_MIB = 448

describe.skipIf(requireParts('root', 'kmsg', 'docker', 'postgresql', 'npm-registry'))(
  'workers in a container',
  () => {
    let docker: TestDocker
    let scanner: Scanner
    let large = ''
    const name = `stella-test-${process.pid}-workers`
    /** Ends what was begun, the last first. */
    const endings: (() => unknown)[] = []

    beforeAll(async () => {
      docker = await testDocker()
      const image = await stellaImage(docker)
      const folder = mkdtempSync(join(testbedFolder('databases'), 'container-'))
      endings.push(() => rmSync(folder, { recursive: true, force: true }))
      const group = createGroup('postgres-container')
      const database = join(folder, 'database')
      mkdirSync(database)
      chmodSync(folder, 0o755)
      endings.push(() => group.remove())
      await startPostgres(group, database, 'shared_buffers = 16MB\n')
      const url = (at: string): string =>
        `postgres:///postgres?host=${encodeURIComponent(at)}&user=postgres`
      const serving = await startServing(join(folder, 'server'), [
        '--no-watch',
        '--database',
        url(database),
      ])
      endings.push(() => serving.stop())
      scanner = scannerOf(serving)
      await scanner.desk.status()
      await until('it has its worker', async () => (await scanner.desk.workers()).length > 0)
      // The server leaves the work to the container.
      await scanner.desk.removeWorkers({ pool: 'default', count: 1, evenIfJobsWait: true })
      await scanner.set('sbom.streaming_threshold', '8Gi')
      large = await largeImage(folder, 300)
      const limits = [`--memory=${LIMIT_MIB}m`, `--memory-swap=${LIMIT_MIB}m`]
      const closed = ['--cap-drop=ALL', '--read-only', '--security-opt=no-new-privileges']
      const places = ['--tmpfs=/tmp', `--volume=${folder}:${folder}`]
      const options = [...limits, ...closed, ...places, '--network=none', '--no-healthcheck']
      const command = [
        'scanner',
        'workers',
        'run',
        '--pool',
        'default',
        '--database',
        url(database),
      ]
      endings.push(() => docker.tryCli('rm', '--force', '--volumes', name))
      docker.cli('run', '--detach', `--name=${name}`, ...options, image, ...command)
    }, 600_000)
    afterAll(async () => {
      for (const end of endings.toReversed()) await end()
    })

    const logs = (): string => docker.tryCli('logs', name).stderr

    it('say that they share the limit of the container, and are watched below it', async () => {
      const [worker] = await until('a worker is idle', async () => {
        await pause(250)
        const workers = await scanner.desk.workers()
        return workers.some(({ state }) => state === 'idle') && workers
      })
      expect(logs()).toMatch(/no worker has a limit of its own: .*; all share the limit of/)
      expect(worker?.enforcedBy).toBeNull()
      expect(worker?.limitBytes).toBe((LIMIT_MIB - 192) * MIB)
    })

    it('run out of memory without the end of the container, and the job is done with less', async () => {
      const [job] = await scanner.ended([await scanner.submit(large)])
      expect(job?.attempts.map(({ mode, outcome }) => [mode, outcome])).toEqual([
        ['whole', 'oom'],
        ['lean', 'done'],
      ])
      expect(job?.attempts[0]?.says).toContain('out of memory')
      expect(docker.cli('inspect', '--format', '{{.State.Running}} {{.RestartCount}}', name)).toBe(
        'true 0\n',
      )
      expect(await scanner.desk.restarts()).toContainEqual({
        pool: 'default',
        reason: 'oom',
        count: 1,
      })
    })
  },
)
