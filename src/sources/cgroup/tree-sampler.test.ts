import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { expect, it } from 'vitest'
import { fakeReader } from '../../../test/support/fake-reader.ts'
import type { FakeReader } from '../../../test/support/fake-reader.ts'
import { openTreeSampler } from './tree-sampler.ts'
import type { GroupReading, TreeSampler } from './tree-sampler.ts'

const V1 = { version: 1, mountPoint: '/cg', mountRoot: '/' } as const
const V2 = { version: 2, mountPoint: '/cg', mountRoot: '/' } as const

function v1(
  folder: string,
  usage: number,
  over: Record<string, string> = {},
): Record<string, string> {
  return inFolder(folder, {
    'memory.usage_in_bytes': `${usage}\n`,
    'memory.limit_in_bytes': '9223372036854771712\n',
    'memory.failcnt': '0\n',
    'memory.oom_control': 'oom_kill_disable 0\nunder_oom 0\noom_kill 0\n',
    'memory.stat':
      'cache 1\nrss 1\ntotal_cache 3000\ntotal_rss 5000\ntotal_shmem 700\ntotal_dirty 20\n' +
      'total_writeback 3\ntotal_inactive_file 1000\n',
    'cgroup.procs': '',
    ...over,
  })
}

function v2(
  folder: string,
  usage: number,
  over: Record<string, string> = {},
): Record<string, string> {
  return inFolder(folder, {
    'memory.current': `${usage}\n`,
    'memory.max': 'max\n',
    'memory.high': 'max\n',
    'memory.events': 'low 0\nhigh 0\nmax 4\noom 1\noom_kill 2\noom_group_kill 0\n',
    'memory.stat':
      'anon 5000\nfile 3000\nkernel 900\nkernel_stack 100\npagetables 20\nsock 3\nshmem 700\n' +
      'file_dirty 40\nfile_writeback 2\ninactive_file 1000\nslab_unreclaimable 60\n',
    'memory.pressure':
      'some avg10=1.50 avg60=0.00 avg300=0.00 total=9\nfull avg10=0.25 avg60=0.00 avg300=0.00 total=1\n',
    'cgroup.procs': '',
    ...over,
  })
}

function inFolder(folder: string, files: Record<string, string>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(files).map(([name, text]) => [join('cg', folder, name), text]),
  )
}

function write(reader: FakeReader, files: Record<string, string>): void {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(reader.root, path)), { recursive: true })
    writeFileSync(join(reader.root, path), text)
  }
}

function at(sampler: TreeSampler, path: string): GroupReading | undefined {
  return sampler.round().groups.find((group) => group.path === path)
}

const OPTIONS = { maxGroups: 100, slowSeconds: 0 }

it('reads a group of v1; what is neither anonymous nor cache is the kernel’s own', () => {
  using reader = fakeReader({
    files: v1('a', 9_000, {
      'memory.limit_in_bytes': '33554432\n',
      'memory.failcnt': '7\n',
      'memory.oom_control': 'oom_kill_disable 0\nunder_oom 0\noom_kill 2\n',
    }),
  })
  expect(at(openTreeSampler(reader, V1, OPTIONS), '/a')).toMatchObject({
    chargeBytes: 9_000,
    inactiveFileBytes: 1_000,
    unreclaimableBytes: 5_000 + 700 + 20 + 3 + (9_000 - 5_000 - 3_000),
    dirtyBytes: 20 + 3,
    limit: 33_554_432,
    high: null,
    limitHits: 7,
    oomKills: 2,
    someAvg10: null,
    problems: [],
  })
})

it('reads a group of v2', () => {
  using reader = fakeReader({
    files: v2('a', 9_000, { 'memory.max': '65536\n', 'memory.high': '60000\n' }),
  })
  expect(at(openTreeSampler(reader, V2, OPTIONS), '/a')).toMatchObject({
    chargeBytes: 9_000,
    inactiveFileBytes: 1_000,
    unreclaimableBytes: 5_000 + 700 + 40 + 2 + 100 + 20 + 3 + 60,
    dirtyBytes: 40 + 2,
    limit: 65_536,
    high: 60_000,
    limitHits: 4,
    oomKills: 2,
    someAvg10: 1.5,
    fullAvg10: 0.25,
    problems: [],
  })
})

it('tells no limit apart from one that it cannot read', () => {
  using reader = fakeReader({
    files: { ...v2('none', 1), ...v2('broken', 1, { 'memory.max': 'lots\n' }) },
  })
  const sampler = openTreeSampler(reader, V2, OPTIONS)
  expect(at(sampler, '/none')?.limit).toBe('none')
  expect(at(sampler, '/broken')).toMatchObject({
    limit: null,
    problems: ['memory.max is no possible number'],
  })
})

it('says which counter makes no sense, and tells the rest', () => {
  using reader = fakeReader({
    files: {
      ...v2('under', 5_000, { 'memory.stat': 'anon 18446744073709547520\ninactive_file 10\n' }),
      ...v2('minus', 5_000, { 'memory.current': '-4096\n' }),
      ...v2('empty', 5_000, { 'memory.stat': '', 'memory.events': 'nonsense' }),
    },
  })
  const sampler = openTreeSampler(reader, V2, OPTIONS)
  expect(at(sampler, '/under')).toMatchObject({
    chargeBytes: 5_000,
    inactiveFileBytes: 10,
    unreclaimableBytes: null,
    problems: ['anon is no possible number'],
  })
  expect(at(sampler, '/minus')).toMatchObject({
    chargeBytes: null,
    unreclaimableBytes: expect.any(Number),
    problems: ['memory.current is no possible number'],
  })
  expect(at(sampler, '/empty')).toMatchObject({
    chargeBytes: 5_000,
    inactiveFileBytes: null,
    unreclaimableBytes: null,
    oomKills: null,
    limitHits: null,
  })
})

it('leaves out what the kernel does not have: pressure, kills of kernels before 4.13', () => {
  const files = v1('a', 1, { 'memory.oom_control': 'oom_kill_disable 0\nunder_oom 0\n' })
  using reader = fakeReader({ files })
  expect(at(openTreeSampler(reader, V1, OPTIONS), '/a')).toMatchObject({
    oomKills: null,
    someAvg10: null,
    problems: [],
  })
})

it('knows a group without a memory controller, whose processes count above', () => {
  using reader = fakeReader({
    files: { ...v2('a', 1), ...inFolder('a/b', { 'cgroup.procs': '5\n6\n' }) },
  })
  const sampler = openTreeSampler(reader, V2, OPTIONS)
  expect(at(sampler, '/a/b')).toMatchObject({ hasMemory: false, processes: 2, problems: [] })
  write(reader, v2('a/b', 77))
  expect(at(sampler, '/a/b')).toMatchObject({ hasMemory: true, chargeBytes: 77 })
})

it('counts the processes and names the biggest', () => {
  using reader = fakeReader({
    files: {
      ...v1('a', 1, { 'cgroup.procs': '11\n12\n13\n' }),
      'proc/11/statm': '100 10 1 1 0 1 0\n',
      'proc/12/statm': '100 30 1 1 0 1 0\n',
      'proc/12/comm': 'my server\n',
      'proc/13/statm': 'garbage\n',
    },
  })
  expect(at(openTreeSampler(reader, V1, OPTIONS), '/a')).toMatchObject({
    processes: 3,
    sizes: { biggest: { pid: 12, name: 'my server', rssBytes: 30 * 4096 } },
  })
})

it('tells processes that are hidden from those that ended', () => {
  using reader = fakeReader({ files: v1('a', 1, { 'cgroup.procs': '11\n12\n' }) })
  const sampler = openTreeSampler(reader, V1, OPTIONS)
  // Listed, and not in /proc: what hidepid=2 looks like.
  expect(at(sampler, '/a')?.sizes).toEqual({ biggest: null, hidden: 2 })
})

it('counts processes of another PID namespace, whose numbers are all 0', () => {
  using reader = fakeReader({ files: v2('a', 1, { 'cgroup.procs': '0\n0\n0\n' }) })
  expect(at(openTreeSampler(reader, V2, OPTIONS), '/a')).toMatchObject({
    processes: 3,
    sizes: { biggest: null, hidden: 0 },
  })
})

it('counts more processes than fit into one read', () => {
  const pids = Array.from({ length: 30_000 }, (_, index) => 1_000_000 + index)
  using reader = fakeReader({ files: v1('a', 1, { 'cgroup.procs': `${pids.join('\n')}\n` }) })
  expect(at(openTreeSampler(reader, V1, OPTIONS), '/a')?.processes).toBe(30_000)
})

it('reads what changes in each round, and limits when they are due', () => {
  let seconds = 100
  using machine = fakeReader({ files: v1('a', 1) })
  const reader = { ...machine, monotonicSeconds: () => seconds }
  const sampler = openTreeSampler(reader, V1, { maxGroups: 10, slowSeconds: 5 })
  expect(at(sampler, '/a')).toMatchObject({ chargeBytes: 1, limit: 'none' })
  write(machine, v1('a', 2, { 'memory.limit_in_bytes': '4096\n' }))
  seconds += 0.1
  expect(at(sampler, '/a')).toMatchObject({ chargeBytes: 2, limit: 'none' })
  seconds += 5
  expect(at(sampler, '/a')).toMatchObject({ chargeBytes: 2, limit: 4096 })
  sampler.close()
})

it('goes on when a group is removed, and takes one that is made again for another', () => {
  using reader = fakeReader({ files: { ...v1('a', 1), ...v1('b', 2) } })
  const sampler = openTreeSampler(reader, V1, OPTIONS)
  const first = at(sampler, '/a')?.serial
  rmSync(join(reader.root, 'cg/a'), { recursive: true })
  expect(sampler.round().groups.map(({ path }) => path)).toEqual(['/', '/b'])
  mkdirSync(join(reader.root, 'cg/between'))
  write(reader, v1('a', 3))
  const again = at(sampler, '/a')
  expect(again).toMatchObject({ chargeBytes: 3 })
  expect(again?.serial).not.toBe(first)
})

it('reads the same where no file may be held open', () => {
  const files = { ...v2('a', 9_000), ...v2('b', 8_000) }
  using machine = fakeReader({ files })
  using tight = fakeReader({
    files: { ...files, 'proc/self/limits': 'Max open files            1          1       files\n' },
  })
  const [some, other] = [machine, tight].map((reader) => openTreeSampler(reader, V2, OPTIONS))
  for (const round of [1, 2]) {
    expect(other?.round(), `round ${round}`).toEqual(some?.round())
  }
})

it('knows how large a page is from the kernel', () => {
  const vector = Buffer.alloc(48)
  vector.writeBigUInt64LE(3n, 0)
  vector.writeBigUInt64LE(6n, 16)
  vector.writeBigUInt64LE(65_536n, 24)
  using reader = fakeReader({
    files: {
      ...v2('a', 1, { 'cgroup.procs': '11\n' }),
      'proc/11/statm': '9 2 1 1 0 1 0\n',
      'proc/self/auxv': vector,
    },
  })
  const reading = at(openTreeSampler(reader, V2, OPTIONS), '/a')
  expect(reading?.sizes?.biggest?.rssBytes).toBe(2 * 65_536)
})
