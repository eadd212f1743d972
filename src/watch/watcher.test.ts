import { expect, it } from 'vitest'
import { fakeReader } from '../../test/support/fake-reader.ts'
import type { FakeMachine } from '../../test/support/fake-reader.ts'
import { StellaError } from '../model/errors.ts'
import { openWatcher } from './watcher.ts'

const MOUNT_V2 = '25 20 0:22 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw\n'
const IN_CONTAINER = '25 20 0:22 /docker/4f /sys/fs/cgroup rw - cgroup cgroup rw,memory\n'

function failure(machine: FakeMachine): unknown {
  using reader = fakeReader(machine)
  try {
    openWatcher(reader, { loadEngines: async () => [] })
  } catch (error) {
    return error instanceof StellaError ? { code: error.exitCode, line: error.line } : error
  }
  return null
}

it('says where cgroups should be mounted', () => {
  expect(failure({})).toMatchObject({
    code: 3,
    line: expect.stringContaining('no cgroup file system is mounted here'),
  })
})

it('says when what is mounted cannot be read', () => {
  expect(failure({ files: { 'proc/self/mountinfo': MOUNT_V2 } })).toMatchObject({
    code: 3,
    line: expect.stringContaining('/sys/fs/cgroup: the memory groups cannot be read (ENOENT)'),
  })
})

it('tells the machine, the groups, and what it cannot see', () => {
  using reader = fakeReader({
    files: {
      'proc/self/mountinfo': IN_CONTAINER,
      'proc/meminfo':
        'MemTotal:  1000 kB\nMemAvailable:  400 kB\nSwapTotal: 0 kB\nSwapFree: 0 kB\n',
      'proc/pressure/memory':
        'some avg10=2.50 avg60=0.00 avg300=0.00 total=1\nfull avg10=1.00 avg60=0.00 avg300=0.00 total=1\n',
      'proc/vmstat': 'nr_free_pages 1\noom_kill 3\n',
      'sys/fs/cgroup/memory.usage_in_bytes': '4096\n',
      'sys/fs/cgroup/a/memory.usage_in_bytes': '4096\n',
      'sys/fs/cgroup/b/memory.usage_in_bytes': '4096\n',
    },
  })
  const watcher = openWatcher(reader, { loadEngines: async () => [], maxGroups: 2 })
  const snapshot = watcher.sample()
  expect(snapshot.host).toMatchObject({
    totalBytes: 1_024_000,
    availableBytes: 409_600,
    swapTotalBytes: 0,
    someAvg10: 2.5,
    fullAvg10: 1,
    newOomKills: 0,
  })
  expect(snapshot.rows.map(({ path }) => path)).toEqual(['/docker/4f', '/docker/4f/a'])
  expect(snapshot.unknown).toEqual([
    'only the first 2 groups are watched',
    'limits above /docker/4f are not visible from this container',
  ])
  watcher.close()
})

it('says in a container with a namespace of its own that it cannot see above', () => {
  const seen = (files: Record<string, string>): readonly string[] => {
    using reader = fakeReader({ files: { 'proc/self/mountinfo': MOUNT_V2, ...files } })
    const watcher = openWatcher(reader, { loadEngines: async () => [] })
    const { unknown } = watcher.sample()
    watcher.close()
    return unknown
  }
  const group = { 'sys/fs/cgroup/a/memory.current': '4096\n' }
  expect(seen(group)).toEqual([])
  expect(seen({ ...group, 'sys/fs/cgroup/memory.current': '4096\n' })).toEqual([
    'limits above / are not visible from this container',
  ])
})

it('lets an engine name the containers between two rounds', async () => {
  const id = 'ab'.repeat(32)
  using reader = fakeReader({
    files: {
      'proc/self/mountinfo': '25 20 0:22 / /sys/fs/cgroup rw - cgroup cgroup rw,memory\n',
      [`sys/fs/cgroup/docker/${id}/memory.usage_in_bytes`]: '4096\n',
    },
  })
  const unused = async (): Promise<{ outcome: 'not-found' }> => ({ outcome: 'not-found' })
  const text = JSON.stringify([{ Id: id, Names: ['/web'] }])
  const watcher = openWatcher(reader, {
    loadEngines: async (_reader, name) => [
      {
        name,
        where: 'here',
        list: async () => ({ outcome: 'answered', text, from: 'GET', truncated: false }),
        version: unused,
        info: unused,
        listAll: unused,
        inspect: unused,
        events: unused,
        logs: unused,
        stats: unused,
        follow: () => Promise.resolve(null),
      },
    ],
  })
  const names = (): string[] => watcher.sample().rows.map(({ name }) => name)
  expect(names()).toEqual(['docker:abababababab'])
  await watcher.named()
  expect(names()).toEqual(['web'])
  watcher.close()
})
