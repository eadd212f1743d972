import { mkdtempSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createGroup } from '../support/cgroups.ts'
import type { TestGroup } from '../support/cgroups.ts'
import { stella } from '../support/command-line.ts'
import { requireParts } from '../support/parts.ts'
import { startPostgres } from '../support/server-starters.ts'
import { testbedFolder } from '../support/testbed.ts'

describe.skipIf(requireParts('root', 'postgresql'))('a database on a server', () => {
  let group: TestGroup
  let folder = ''
  let url = ''
  beforeAll(async () => {
    folder = mkdtempSync(join(testbedFolder('databases'), 'scanner-'))
    group = createGroup('postgres-scanner')
    await startPostgres(group, folder, 'shared_buffers = 16MB\n')
    url = `postgres:///postgres?host=${encodeURIComponent(folder)}&user=postgres`
  })
  afterAll(async () => {
    await group.remove()
    rmSync(folder, { recursive: true, force: true })
  })

  const scanner = (...args: readonly string[]) =>
    stella(['scanner', ...args], { env: { STELLA_DATABASE: url } })

  it('is shared by commands that run at once, and each change counts once', async () => {
    expect((await scanner('config', 'set', 'jobs.max_attempts', '5')).code).toBe(0)
    const images = Array.from({ length: 5 }, (_, at) => `dir:/nowhere/${at}`)
    const answers = await Promise.all(images.map((image) => scanner('jobs', 'submit', image)))
    expect(answers.map(({ code }) => code)).toEqual(images.map(() => 0))
    const { out } = await scanner('jobs', 'list', '--status', 'queued', '--json')
    const { jobs } = JSON.parse(out)
    expect(jobs.map(({ image }: { image: string }) => image).toSorted()).toEqual(images)
    expect((await scanner('queue', 'status', '--quiet')).out).toBe('5\n')
    expect((await scanner('config', 'get', 'jobs.max_attempts', '--quiet')).out).toBe('5\n')
  })

  it('does not limit pools by the memory of the host that asks', async () => {
    const pool = ['--pool', 'huge', '--memory', '10Ti']
    expect((await scanner('workers', 'add', ...pool)).code).toBe(0)
  })

  it('is out of reach', async () => {
    const args = ['scanner', 'status', '--database', 'postgres://127.0.0.1:1/none']
    const { code, err } = await stella(args)
    expect([code, err]).toEqual([3, expect.stringContaining('postgres://127.0.0.1:1/none')])
  })
})
