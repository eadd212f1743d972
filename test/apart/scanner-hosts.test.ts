/** Hosts that share one queue: each in namespaces of its own, with one PostgreSQL server between them. */
import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { LAUNCHER } from '../../scripts/lib/repo.ts'
import { createGroup } from '../support/cgroups.ts'
import type { TestGroup } from '../support/cgroups.ts'
import { requireParts } from '../support/parts.ts'
import { largeImage, scannerOf } from '../support/scanner-service.ts'
import { startPostgres } from '../support/server-starters.ts'
import { startServing } from '../support/serving.ts'
import type { Serving } from '../support/serving.ts'
import { testbedFolder, until } from '../support/testbed.ts'

const HOSTS = ['one', 'two', 'three']
const JOBS = 24

describe.skipIf(requireParts('root', 'cgroup-v1', 'postgresql'))('hosts with one queue', () => {
  let group: TestGroup
  let folder = ''
  let images = ''
  let url = ''
  let serving: Serving
  const hosts = new Map<string, ChildProcess>()

  /** Workers of a host with a name, network and processes of its own; the database is reached by its socket. */
  async function startHost(name: string): Promise<void> {
    const namespaces = ['--uts', '--net', '--pid', '--fork', '--mount-proc', '--kill-child']
    const named = ['sh', '-c', 'hostname "$0" && exec "$@"', name]
    const command = ['scanner', 'workers', 'run', '--pool', 'default', '--database', url]
    const child = spawn(
      'unshare',
      [
        ...namespaces,
        ...named,
        process.execPath,
        LAUNCHER,
        ...command,
        '--data',
        join(images, name),
      ],
      { stdio: ['ignore', 'ignore', 'pipe'] },
    )
    hosts.set(name, child)
    let err = ''
    child.stderr.setEncoding('utf8').on('data', (text: string) => (err += text))
    await until(`${name} takes jobs: ${err}`, () => err.includes('takes jobs'), 60_000)
  }

  beforeAll(async () => {
    folder = mkdtempSync(join(testbedFolder('databases'), 'hosts-'))
    images = mkdtempSync(join(tmpdir(), 'stella-test-hosts-'))
    group = createGroup('postgres-hosts')
    await startPostgres(group, folder, 'shared_buffers = 16MB\n')
    url = `postgres:///postgres?host=${encodeURIComponent(folder)}&user=postgres`
    serving = await startServing(join(images, 'server'), ['--no-watch', '--database', url])
  })
  afterAll(async () => {
    for (const child of hosts.values()) child.kill('SIGKILL')
    await serving.stop()
    await group.remove()
    for (const each of [folder, images]) rmSync(each, { recursive: true, force: true })
  })

  it('share its jobs, and do those of a host that is gone', async () => {
    const scanner = scannerOf(serving)
    // The server leaves the work to them.
    await scanner.desk.status()
    await until('it has its worker', async () => (await scanner.desk.workers()).length > 0)
    await scanner.desk.removeWorkers({ pool: 'default', count: 1, evenIfJobsWait: true })
    await until('it has none', async () => (await scanner.desk.workers()).length === 0, 30_000)
    const image = await largeImage(images, 40)
    await Promise.all(HOSTS.map(startHost))
    const ids: string[] = []
    for (let at = 0; at < JOBS; at++) ids.push(await scanner.submit(image))
    await until('all hosts work', async () => {
      await pause(100)
      const { jobs } = await scanner.desk.jobs({ limit: JOBS })
      return new Set(jobs.flatMap(({ attempts }) => attempts.map(({ host }) => host))).size === 3
    })
    const gone = hosts.get('two')
    gone?.kill('SIGKILL')
    const jobs = await scanner.ended(ids, 90_000)
    expect(jobs.map(({ state }) => state)).toEqual(ids.map(() => 'done'))
    expect(new Set(jobs.map(({ result }) => result?.digest)).size).toBe(1)
    const names = jobs.flatMap(({ attempts }) => attempts.map(({ host }) => host.split('/')[0]))
    expect(new Set(names)).toEqual(new Set(HOSTS))
    if (gone?.exitCode === null && gone.signalCode === null) await once(gone, 'exit')
  })
})
