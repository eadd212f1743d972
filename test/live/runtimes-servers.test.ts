import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { RuntimeView } from '../../src/model/bill.ts'
import { MIB } from '../../src/model/bytes.ts'
import { hostReader } from '../../src/sources/reader.ts'
import { createGroup } from '../support/cgroups.ts'
import type { TestGroup } from '../support/cgroups.ts'
import { testDocker } from '../support/docker.ts'
import type { TestDocker } from '../support/docker.ts'
import { requireParts } from '../support/parts.ts'
import { itemBytes, observe, pssOf, viewOf } from '../support/servers.ts'
import type { RecordedServer } from '../support/servers.ts'
import { run, testbedFolder, tryRun, until } from '../support/testbed.ts'

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

function pidsIn(made: TestGroup): number[] {
  return made.read('cgroup.procs').split('\n').filter(Boolean).map(Number)
}

/** The items and the rest are what is resident, which is what the kernel says of these processes together. */
function expectSum(view: RuntimeView, recorded: RecordedServer): void {
  const items = view.items.reduce((sum, { bytes }) => sum + (bytes ?? 0), 0)
  expect(items + (view.unattributedBytes ?? 0)).toBe(view.residentBytes)
  expect(view.residentBytes).toBe(pssOf(recorded))
  expect(Math.abs(view.unattributedBytes ?? Infinity)).toBeLessThan(0.05 * pssOf(recorded))
}

describe.skipIf(requireParts('root', 'redis'))('Redis', () => {
  /** 1024 values of a size that the allocator need not round up. */
  const DATA = 1024 * 98_000

  async function startRedis(
    made: TestGroup,
    ...options: readonly string[]
  ): Promise<{ pid: number; cli: (...args: string[]) => string }> {
    const socket = join(folder, 'redis.sock')
    const { pid, child } = made.start([
      'redis-server',
      ...['--port', '0', '--unixsocket', socket, '--dir', folder, '--save', ''],
      ...['--enable-debug-command', 'yes', ...options],
    ])
    child.stdout?.resume()
    const cli = (...args: string[]): string => run(['redis-cli', '-s', socket, ...args])
    await until('redis answers', () =>
      tryRun(['redis-cli', '-s', socket, 'ping']).stdout.includes('PONG'),
    )
    return { pid, cli }
  }

  it('is billed to the dataset, and nothing stays unexplained', async () => {
    const made = group('redis', 512 * MIB)
    const { pid, cli } = await startRedis(made)
    cli('debug', 'populate', '1024', 'key', '98000')
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
    const { cli } = await startRedis(made, '--rdb-key-save-delay', '2000')
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
    await startRedis(made, '--maxmemory', '110mb', '--maxmemory-policy', 'noeviction')
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
    const { cli } = await startRedis(made)
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
      const recorded = await observe('redis in docker', [pid], 256 * MIB)
      const view = viewOf(recorded, 'redis')
      expect(itemBytes(view, 'dataset')).toBeGreaterThan(DATA)
      expect(itemBytes(view, 'dataset')).toBeLessThan(1.02 * DATA)
      expectSum(view, recorded)
      expect(view.findings.join('\n')).toMatch(/maxmemory is not set: .* kills it at 256 MiB/)
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
