import { rmSync } from 'node:fs'
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest'
import { billFrom } from '../../src/investigate/bill.ts'
import { collectBill } from '../../src/investigate/collect-bill.ts'
import type { RuntimeView } from '../../src/model/bill.ts'
import { MIB } from '../../src/model/bytes.ts'
import { hostReader } from '../../src/sources/reader.ts'
import { createGroup } from '../support/cgroups.ts'
import type { TestGroup } from '../support/cgroups.ts'
import { testDocker } from '../support/docker.ts'
import type { TestDocker } from '../support/docker.ts'
import { requireParts } from '../support/parts.ts'
import {
  pidsIn,
  readAndSort,
  startApache,
  startGunicorn,
  startNginx,
  startPhpFpm,
  startPostgres,
  startRedis,
  startUwsgi,
  titledIn,
} from '../support/server-starters.ts'
import { itemBytes, observe, processesOf, pssOf, viewOf } from '../support/servers.ts'
import type { RecordedServer } from '../support/servers.ts'
import { testbedFolder, tryRun, until } from '../support/testbed.ts'

const groups: TestGroup[] = []
let folder = ''

beforeEach(() => {
  folder = testbedFolder(`servers-${process.pid}`)
})
afterEach(async () => {
  for (const made of groups.splice(0)) await made.remove()
  rmSync(folder, { recursive: true, force: true })
})

function group(name: string, limitBytes: number): TestGroup {
  const made = createGroup(`servers-${name}`, limitBytes)
  groups.push(made)
  return made
}

/** The items and the rest are what is resident, which is what the kernel says of the whole tree. */
function expectSum(view: RuntimeView, recorded: RecordedServer): void {
  const items = view.items.reduce((sum, { bytes }) => sum + (bytes ?? 0), 0)
  const pss = pssOf(recorded, ({ pid, parentPid }) => pid === view.pid || parentPid === view.pid)
  expect(items + (view.unattributedBytes ?? 0)).toBe(view.residentBytes)
  expect(view.residentBytes).toBe(pss)
  expect(Math.abs(view.unattributedBytes ?? Infinity)).toBeLessThan(0.05 * pss)
}

describe.skipIf(requireParts('root', 'redis'))('Redis', () => {
  /** 1024 values of a size that the allocator need not round up. */
  const DATA = 1024 * 98_000
  /** Redis looks at its allocator ten times a second, and tells what it saw then. */
  const allocated = (info: string): number => Number(/^allocator_allocated:(\d+)/m.exec(info)?.[1])

  it('is billed to the dataset, and nothing stays unexplained', async () => {
    const made = group('redis', 512 * MIB)
    const { pid, client: cli } = await startRedis(made, folder)
    cli('debug', 'populate', '1024', 'key', '98000')
    await until('its statistics are of now', () => allocated(cli('info', 'memory')) > DATA)
    const recorded = await observe('redis', pidsIn(made), 512 * MIB)
    const view = viewOf(recorded, 'redis')
    expect(view).toMatchObject({ pid, version: expect.stringMatching(/^Redis \d/) })
    expect(itemBytes(view, 'dataset')).toBeGreaterThan(DATA)
    expect(itemBytes(view, 'dataset')).toBeLessThan(1.02 * DATA)
    expectSum(view, recorded)
    expect(view.findings.join('\n')).toMatch(/maxmemory is not set: .* kills it at 512 MiB/)
  })

  it('shows what a running snapshot copies, which Redis itself does not know yet', async () => {
    const made = group('fork', 1024 * MIB)
    const { client: cli } = await startRedis(made, folder, '--rdb-key-save-delay', '2000')
    cli('debug', 'populate', '100000', 'key', '1000')
    cli('bgsave')
    await until('it forked', () => pidsIn(made).length === 2)
    cli('eval', 'for i=0,50000 do redis.call("append", "key:"..i, "xx") end', '0')
    const recorded = await observe('redis', pidsIn(made), 1024 * MIB)
    const view = viewOf(recorded, 'redis')
    const copied = itemBytes(view, 'copied for a snapshot')
    expect(copied).toBeGreaterThan(30 * MIB)
    expect(copied).toBeLessThan(110 * MIB)
    expectSum(view, recorded)
    expect(view.findings[0]).toMatch(
      /^A snapshot is being written by process \d+: .* MiB were copied/,
    )
  })

  it('tells that maxmemory is too near the limit, and that writes are refused', async () => {
    const made = group('near', 128 * MIB)
    await startRedis(made, folder, '--maxmemory', '110mb', '--maxmemory-policy', 'noeviction')
    const view = viewOf(await observe('redis', pidsIn(made), 128 * MIB), 'redis')
    expect(view.findings.join('\n')).toMatch(
      /maxmemory \(110 MiB\) is too near the limit \(128 MiB\)/,
    )
    expect(view.findings.join('\n')).toMatch(/noeviction/)
    expect(view.findings.join('\n')).toMatch(/mem_fragmentation_ratio [\d.]+ means nothing here/)
  })

  it('is let in with the password of our own environment alone', async () => {
    const made = group('password', 128 * MIB)
    const password = 'a "quoted" \\ pass\nword é'
    const { client: cli } = await startRedis(made, folder)
    cli('config', 'set', 'requirepass', password)
    const asked = (env: Record<string, string>) =>
      observe('redis', pidsIn(made), null, hostReader({ env }))
    const without = viewOf(await asked({}), 'redis')
    expect(without.items).toEqual([])
    expect(without.findings.join('\n')).toMatch(/wants a password: set REDISCLI_AUTH/)
    const wrong = await asked({ REDISCLI_AUTH: 'wrong' })
    expect(viewOf(wrong, 'redis').findings).toEqual([
      'Redis does not take the password in REDISCLI_AUTH.',
    ])
    const right = await asked({ REDISCLI_AUTH: password })
    expect(viewOf(right, 'redis').version).toMatch(/^Redis/)
    expect(JSON.stringify(right)).not.toContain('quoted')
  })

  it('is asked by its port, too, found by its open sockets whatever its title says', async () => {
    const made = group('port', 128 * MIB)
    const port = 20_000 + (process.pid % 20_000)
    const config = ['--set-proc-title', 'no', '--bind', '127.0.0.9', '--port', String(port)]
    const { child } = made.start(['redis-server', ...config, '--save', '', '--dir', folder])
    child.stdout?.resume()
    await until('redis answers', () =>
      tryRun(['redis-cli', '-h', '127.0.0.9', '-p', String(port), 'ping']).stdout.includes('PONG'),
    )
    const view = viewOf(await observe('redis', pidsIn(made), null), 'redis')
    expect(view.version).toMatch(/^Redis/)
  })

  describe.skipIf(requireParts('docker', 'busybox', 'compiler'))('in a container', () => {
    const names: string[] = []
    let docker: TestDocker
    afterAll(() => {
      if (names.length > 0) docker.tryCli('rm', '--force', ...names)
    })

    async function startContainer(
      ...options: readonly string[]
    ): Promise<{ name: string; pid: number }> {
      docker = await testDocker()
      const image = await docker.image({
        name: 'stella-test/redis',
        files: ['/usr/bin/redis-server', '/usr/bin/redis-cli'],
      })
      const name = `stella-test-${process.pid}-redis-${names.length}`
      names.push(name)
      const limit = ['--memory=256m', '--memory-swap=256m', '--network=none']
      const server = ['redis-server', '--save', '', '--enable-debug-command', 'yes', ...options]
      docker.cli('run', '--detach', `--name=${name}`, ...limit, image, ...server)
      return { name, pid: Number(docker.cli('inspect', '--format={{.State.Pid}}', name)) }
    }

    it('is asked in the network of its container', async () => {
      const { name, pid } = await startContainer()
      const cli = (...args: string[]) => docker.tryCli('exec', name, 'redis-cli', ...args)
      await until('redis answers', () => cli('ping').stdout.includes('PONG'))
      cli('debug', 'populate', '1024', 'key', '98000')
      await until('its statistics are of now', () => allocated(cli('info').stdout) > DATA)
      const recorded = await observe('redis in docker', [pid], 256 * MIB)
      const view = viewOf(recorded, 'redis')
      expect(itemBytes(view, 'dataset')).toBeGreaterThan(DATA)
      expect(itemBytes(view, 'dataset')).toBeLessThan(1.02 * DATA)
      expectSum(view, recorded)
      expect(view.findings.join('\n')).toMatch(/maxmemory is not set: .* kills it at 256 MiB/)

      const reader = hostReader({ env: { ...process.env, ...docker.env } })
      const target = { kind: 'container', engine: 'docker', name } as const
      const evidence = await collectBill(target, { ask: true, reader })
      const bill = billFrom(evidence.world, evidence.target, evidence.asked)
      expect(bill.runtimes).toMatchObject([{ runtime: 'redis', pid, version: view.version }])
    })

    it('is asked by a socket that only the container sees', async () => {
      const { name, pid } = await startContainer(
        '--port',
        '0',
        '--unixsocket',
        '/tmp/only-inside.sock',
      )
      const cli = (...args: string[]) =>
        docker.tryCli('exec', name, 'redis-cli', '-s', '/tmp/only-inside.sock', ...args)
      await until('redis answers', () => cli('ping').stdout.includes('PONG'))
      const view = viewOf(await observe('redis in docker', [pid], 256 * MIB), 'redis')
      expect(view.version).toMatch(/^Redis/)
    })
  })
})

describe.skipIf(requireParts('root', 'postgresql'))('PostgreSQL', () => {
  it('is billed with all its processes, shared buffers once, and the backend that holds a sort', async () => {
    const made = group('postgres', 1024 * MIB)
    const settings = 'shared_buffers = 512MB\nmax_connections = 120\nwork_mem = 4MB\n'
    const { client } = await startPostgres(made, folder, settings)
    await readAndSort(made, folder, client)
    const recorded = await observe('postgresql', pidsIn(made), 1024 * MIB)
    const view = viewOf(recorded, 'postgresql')
    expect(view.version).toMatch(/^PostgreSQL \d/)
    expectSum(view, recorded)
    // Some 60 MiB of table: read into shared buffers once for all, and sorted by one of them.
    expect(itemBytes(view, 'backends of clients (6)')).toBeGreaterThan(60 * MIB)
    expect(itemBytes(view, 'shared memory')).toBeGreaterThan(50 * MIB)
    expect(itemBytes(view, 'shared memory')).toBeLessThan(120 * MIB)
    const told = view.findings.join('\n')
    expect(told).toMatch(/shared_buffers \(512 MiB\) is 50 % of the limit/)
    expect(told).toMatch(/max_connections 120 × work_mem 4 MiB/)
    expect(told).toMatch(/Backend \d+ has .* though it only waits in an open transaction/)
    expect(told).toMatch(/ps adds its processes up to/)

    // PSS counts each page once: so do the counters of the group.
    const anon = processesOf(recorded.processes).reduce(
      (sum, one) => sum + (one.pssAnonBytes ?? 0),
      0,
    )
    const stat = made.read('memory.stat')
    const charged = Number(/^(?:total_rss|anon) (\d+)$/m.exec(stat)?.[1])
    expect(anon / charged).toBeGreaterThan(0.95)
    expect(anon / charged).toBeLessThan(1.05)
  })
})

describe.skipIf(requireParts('root', 'web-servers'))('workers', () => {
  it.each<[string, number, RegExp, (made: TestGroup) => Promise<unknown>, RegExp]>([
    [
      'nginx',
      3,
      /^nginx: worker process/,
      (made) => startNginx(made, folder, 'worker_processes 3;'),
      /^3 workers: .* alone in the median/m,
    ],
    [
      'uwsgi',
      2,
      /^uwsgi /,
      (made) => startUwsgi(made, folder, 'processes = 2\n'),
      /^2 workers: .* alone in the median/m,
    ],
    [
      'apache',
      5,
      /^apache2 /,
      (made) => startApache(made, folder, 'StartServers 5\n'),
      /^5 workers: .* alone in the median/m,
    ],
    [
      'php-fpm',
      3,
      /^php-fpm: pool/,
      (made) =>
        startPhpFpm(
          made,
          folder,
          { shop: 'pm = static\npm.max_children = 3\n' },
          'memory_limit = 100M\n',
        ),
      /pm\.max_children \(3\) × memory_limit 100M = 300 MiB is what their scripts alone may take/,
    ],
  ])('of %s are one tree', async (runtime, workers, title, start, finding) => {
    const made = group(runtime, 256 * MIB)
    await start(made)
    await until(
      'the workers run',
      () => titledIn(made, title) >= workers && pidsIn(made).length === workers + 1,
    )
    const recorded = await observe(runtime, pidsIn(made), 256 * MIB)
    const view = viewOf(recorded, runtime)
    expect(itemBytes(view, `workers (${workers})`)).toBeGreaterThan(0)
    expectSum(view, recorded)
    expect(view.findings.join('\n')).toMatch(finding)
  })

  it('of gunicorn share what they inherited, and the one that keeps 50 MiB is named', async () => {
    const made = group('gunicorn', 200 * MIB)
    const { get } = await startGunicorn(made, folder, 30, '--workers', '4', '--preload')
    await until('the workers run', () => pidsIn(made).length === 5)
    const greedy = Number(await get('/50'))
    const recorded = await observe('gunicorn', pidsIn(made), 200 * MIB)
    const view = viewOf(recorded, 'gunicorn')
    expectSum(view, recorded)
    const own = itemBytes(view, 'workers (4)')
    expect(own).toBeGreaterThan(50 * MIB)
    expect(own).toBeLessThan(75 * MIB)
    expect(itemBytes(view, 'shared by several')).toBeGreaterThan(30 * MIB)
    expect(view.findings[0]).toMatch(new RegExp(`^Worker ${greedy} with 5\\d`))
    expect(view.findings.join('\n')).toMatch(
      /--workers 4 lets 4 workers run: .* more than the limit/,
    )
  })
})
