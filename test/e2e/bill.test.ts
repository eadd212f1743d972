import { globSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { NOTHING_ASKED } from '../../src/bill/asked.ts'
import { REPO } from '../../scripts/lib/repo.ts'
import { billFrom } from '../../src/investigate/bill.ts'
import { collect } from '../../src/investigate/collect.ts'
import { collectBill } from '../../src/investigate/collect-bill.ts'
import { investigate } from '../../src/investigate/investigate.ts'
import type { Bill } from '../../src/model/bill.ts'
import { MIB } from '../../src/model/bytes.ts'
import type { World } from '../../src/model/evidence.ts'
import { readFiles } from '../../src/sources/files/index.ts'
import { stella } from '../support/command-line.ts'
import { cgroupState, processState, seen } from '../support/incident.ts'
import { fakeReader } from '../support/fake-reader.ts'

const files = { readFiles, bill: billFrom }

async function billOf(...args: string[]): Promise<Bill> {
  const answer = await stella(['bill', ...args, '--json'], { engine: files })
  expect(answer.err).toBe('')
  return JSON.parse(answer.out)
}

describe('the dead, by the report of the kernel', () => {
  const logs = globSync('fixtures/guest/*/*/kernel.log', { cwd: REPO })
    .concat(globSync('fixtures/kernel-log/*.dmesg.txt', { cwd: REPO }))
    .filter((path) => !/killed-from-outside|hung|panic|userspace/.test(path))

  test('there are logs to account for', () => expect(logs.length).toBeGreaterThan(15))

  test.each(logs)('%s: the items and the rest are the charge', async (path) => {
    const answer = await stella(['bill', '--from', join(REPO, path), '--json'], { engine: files })
    // A kill of the machine as a whole names no group; a storm may have lost its figures.
    if (answer.code === 4) return expect(answer.err).toMatch(/^stella: there is no account/)
    const bill: Bill = JSON.parse(answer.out)
    const sum = bill.items.reduce((total, { bytes }) => total + bytes, 0)
    expect(bill).toMatchObject({ schema: 'stella.bill/1', moment: 'kill' })
    expect(sum + bill.unattributedBytes).toBe(bill.chargeBytes)
    // Each CPU holds back up to 64 pages that are charged and not yet used (MEMCG_CHARGE_BATCH).
    expect(Math.abs(bill.unattributedBytes)).toBeLessThan(0.05 * bill.chargeBytes + MIB)
  })

  test('most of them have figures', async () => {
    const codes = await Promise.all(
      logs.map(async (path) => {
        const args = ['bill', '--from', join(REPO, path), '--quiet']
        return (await stella(args, { engine: files })).code
      }),
    )
    expect(codes.filter((code) => code === 0).length).toBeGreaterThan(0.8 * logs.length)
  })

  test('a stored case tells the same as the log it was made of', async () => {
    const log = join(REPO, 'fixtures/guest/6.12/oom-group')
    const engine = { ...files, investigate }
    const { out } = await stella(['why', '--from', log, '--json'], { engine })
    const folder = await mkdtemp(join(tmpdir(), 'stella-bill-'))
    try {
      await writeFile(join(folder, 'found.json'), out)
      const stored = await billOf('--from', join(folder, 'found.json'))
      const told = await billOf('--from', log)
      expect(stored).toMatchObject({
        chargeBytes: told.chargeBytes,
        items: told.items,
        processes: told.processes,
      })
      const { bill: _, ...without } = JSON.parse(out)
      await writeFile(join(folder, 'old.json'), JSON.stringify(without))
      const answer = await stella(['bill', '--from', join(folder, 'old.json')], { engine })
      expect(answer.code).toBe(4)
      expect(answer.err).toMatch(/old\.json: the case does not tell where the memory was; give/)
    } finally {
      await rm(folder, { recursive: true })
    }
  })

  test('a recorded kill at a limit is told item by item', async () => {
    const bill = await billOf('--from', join(REPO, 'fixtures/guest/6.12/oom-group'))
    expect(bill.limitBytes).toBe(bill.chargeBytes)
    expect(bill.items[0]?.name).toBe('anonymous')
    expect(bill.processes.length).toBeGreaterThan(0)
    expect(bill.tools).toEqual([])
  })
})

describe('the living', () => {
  const living: World = {
    observations: [
      seen(
        cgroupState({
          path: '/app',
          version: 2,
          usageBytes: 100 * MIB,
          limitBytes: 128 * MIB,
          stat: new Map([
            ['anon', 60 * MIB],
            ['file', 30 * MIB],
            ['shmem', 10 * MIB],
            ['inactive_file', 15 * MIB],
            ['active_file', 5 * MIB],
            ['kernel', 8 * MIB],
            ['slab_reclaimable', 3 * MIB],
            ['kernel_stack', 1 * MIB],
            ['sock', 1 * MIB],
          ]),
          pids: [7],
        }),
      ),
      seen(
        processState({
          pid: 7,
          name: 'app',
          state: 'S',
          command: ['app', '--password=hunter2secret'],
          cgroupPaths: ['/app'],
          pssBytes: 61 * MIB,
          rssBytes: 70 * MIB,
        }),
      ),
    ],
    unknown: [],
  }
  const engine = {
    collectBill: async () => ({
      world: living,
      target: { kind: 'cgroup' as const, path: '/app' },
      asked: NOTHING_ASKED,
    }),
    bill: billFrom,
  }

  test('each item stands once, what it consists of below it', async () => {
    const { out } = await stella(['bill', 'cgroup:/app', '--json'], { engine })
    const bill: Bill = JSON.parse(out)
    const items = bill.items.map(({ name, bytes }) => [name, bytes / MIB])
    expect(Object.fromEntries(items)).toEqual({
      anonymous: 60,
      'page cache': 20,
      'shared memory and tmpfs': 10,
      'slab, reclaimable': 3,
      'kernel stacks': 1,
      'other kernel memory': 4,
      sockets: 1,
    })
    expect(bill.unattributedBytes).toBe(MIB)
    // All but 20 MiB of clean cache and 3 MiB of slab; what has no name is not counted.
    expect(bill.unreclaimableBytes).toBe(76 * MIB)
  })

  test('the answer comes first, sizes with their bytes', async () => {
    const { out, code } = await stella(['bill', 'cgroup:/app'], { engine })
    expect(code).toBe(0)
    expect(out.split('\n')[0]).toBe(
      'cgroup /app is charged 100 MiB (104857600 bytes), 78.1 % of its limit of 128 MiB',
    )
    expect(out).toMatch(/^anonymous +60 MiB +60\.0 % +memory\.stat anon$/m)
    expect(out).toMatch(/^not attributed +1 MiB +1\.0 %/m)
    expect(out).toMatch(/^charge +100 MiB +100\.0 % +memory\.current$/m)
  })

  test('no secret of a command line comes out', async () => {
    for (const form of [[], ['--json']]) {
      const { out } = await stella(['bill', 'cgroup:/app', ...form], { engine })
      expect(out).not.toContain('hunter2secret')
    }
  })

  test('--quiet is the answer alone', async () => {
    const { out } = await stella(['bill', 'cgroup:/app', '--quiet'], { engine })
    expect(out.trimEnd().split('\n')).toHaveLength(1)
  })

  test('--watch --json writes a line each time', async () => {
    const args = ['bill', 'cgroup:/app', '--watch', '--interval', '1s', '--count', '2', '--json']
    const { out } = await stella(args, { engine })
    const lines = out.trimEnd().split('\n')
    expect(lines.map((line) => JSON.parse(line).chargeBytes)).toEqual([100 * MIB, 100 * MIB])
  })

  test('--watch shows what changed', async () => {
    let usage = 100 * MIB
    const growing = {
      ...engine,
      collectBill: async () => {
        const [group, ...rest] = living.observations
        if (group?.fact.kind !== 'cgroup-state') throw new Error('the group comes first')
        const fact = { ...group.fact, usageBytes: usage, stat: new Map(group.fact.stat) }
        fact.stat.set('anon', usage - 40 * MIB)
        usage += 8 * MIB
        const world = { observations: [{ ...group, fact }, ...rest], unknown: [] }
        return { world, target: { kind: 'cgroup' as const, path: '/app' }, asked: NOTHING_ASKED }
      },
    }
    const args = ['bill', 'cgroup:/app', '--watch', '--interval', '1s', '--count', '2']
    const { out } = await stella(args, { engine: growing })
    expect(out).toMatch(/^anonymous +68 MiB +63\.0 % +\+8 MiB/m)
    expect(out).toMatch(/^page cache +20 MiB +18\.5 % +memory/m)
  })
})

describe('what goes wrong', () => {
  test.each([
    [['bill'], 2, /^stella: nothing to look at/],
    [['bill', 'web', '--interval', '5s'], 2, /^stella: --interval: .*; add --watch/],
    [['bill', 'web', '--watch', '--count', '0'], 2, /^stella: --count: '0' is not a count; use/],
    [['bill', '--watch'], 2, /^stella: --watch looks at what lives, not at files; name a target/],
    [['bill', 'web', '--watch', '--from', 'x'], 2, /^stella: --watch looks at what lives/],
  ])('%j', async (args, code, line) => {
    expect(await stella(args)).toEqual({ code, out: '', err: expect.stringMatching(line) })
  })

  test('a log without any kill accounts for nothing', async () => {
    const log = 'Linux version 6.1.0 (x) #1 SMP\n[    1.000000] eth0: link up\n'
    const answer = await stella(['bill', '-'], { stdin: log, engine: files })
    expect(answer.code).toBe(4)
    expect(answer.err).toMatch(/^stella: there is no account of its memory/)
  })

  test('a process that is gone, and one that is not', async () => {
    using reader = fakeReader()
    const gone = collectBill({ kind: 'process', pid: 77 }, { reader, ask: true })
    await expect(gone).rejects.toMatchObject({ exitCode: 3 })
    const { world } = await collectBill({ kind: 'process', pid: process.pid }, { ask: false })
    const bill = billFrom(world, { kind: 'process', pid: process.pid }, NOTHING_ASKED)
    expect(bill.chargeBytes).toBeGreaterThan(20 * MIB)
    expect(bill.unattributedBytes).toBe(0)
  })

  test('a process that hides its shares is billed by its resident set, and that is said', async () => {
    using reader = fakeReader({
      files: {
        'proc/7/stat': '7 (app) S 1 7 7 0 -1 0 0 0 0 0 0 0 0 0 20 0 1 0 77 0 0\n',
        'proc/7/status':
          'Name:\tapp\nState:\tS (sleeping)\nPid:\t7\nVmRSS:\t    3072 kB\nRssAnon:\t    2048 kB\nRssFile:\t    1024 kB\nThreads:\t1\n',
        'proc/7/cgroup': '0::/\n',
      },
    })
    const { world } = await collect({ kind: 'process', pid: 7 }, { reader })
    const bill = billFrom(world, { kind: 'process', pid: 7 }, NOTHING_ASKED)
    expect(bill.chargeSource).toMatch(/^status VmRSS/)
    expect(bill.findings).toEqual([expect.stringMatching(/shares with others are counted in full/)])
    expect(bill.items.map(({ name, bytes }) => [name, bytes / 1024])).toEqual([
      ['anonymous', 2048],
      ['mapped files', 1024],
      ['kernel stacks', 16],
    ])
  })
})
