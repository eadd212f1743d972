import { totalmem } from 'node:os'
import { afterEach, expect, test } from 'vitest'
import { fakeRoot, groupV2, IN_GROUP_V2 } from '../../test/fake-root.ts'
import type { FakeRoot } from '../../test/fake-root.ts'
import { openSampler } from './sampler.ts'
import type { Sampler } from './sampler.ts'

const GIB = 1024 ** 3
const opened: { close(): void }[] = []
afterEach(() => {
  for (const one of opened.splice(0)) one.close()
})

function sampling(files: Record<string, string>): { world: FakeRoot; sampler: Sampler } {
  const world = fakeRoot(files)
  const sampler = openSampler(world.root)
  opened.push(sampler, { close: world.remove })
  return { world, sampler }
}

test('a limit above the own one binds where it is fuller', () => {
  const { sampler } = sampling({
    ...IN_GROUP_V2,
    ...groupV2({ current: 3 * GIB, max: 8 * GIB }),
    'sys/fs/cgroup/pod/memory.current': `${7 * GIB}\n`,
    'sys/fs/cgroup/pod/memory.max': `${10 * GIB}\n`,
    'sys/fs/cgroup/pod/memory.stat': `inactive_file ${GIB}\n`,
  })
  const { binding, ratio, usageBytes } = sampler.sample(0)
  expect(binding).toMatchObject({ kind: 'group', name: '/sys/fs/cgroup/pod', usedBytes: 6 * GIB })
  expect(ratio).toBeCloseTo(0.6)
  expect(usageBytes).toBe(3 * GIB)
  expect(sampler.groupPath).toBe('/pod/web')
})

test('a limit that is changed live, or taken away, is seen within a quarter of a second', () => {
  const { sampler, world } = sampling({
    ...IN_GROUP_V2,
    ...groupV2({ current: 4 * GIB, max: 8 * GIB }),
    'proc/meminfo': 'MemTotal: 67108864 kB\nMemAvailable: 33554432 kB\n',
  })
  expect(sampler.sample(0).ratio).toBe(0.5)
  world.write('sys/fs/cgroup/pod/web/memory.max', `${5 * GIB}\n`)
  expect(sampler.sample(250).ratio).toBe(0.8)
  world.write('sys/fs/cgroup/pod/web/memory.max', 'max\n')
  expect(sampler.sample(500).binding).toMatchObject({ kind: 'machine', limitBytes: 64 * GIB })
})

test('a charge that moves is seen by the next look, one that nearly stands still is not read again in full', () => {
  const { sampler, world } = sampling({
    ...IN_GROUP_V2,
    ...groupV2({ current: 4 * GIB, max: 8 * GIB }),
  })
  const first = sampler.sample(0)
  world.write('sys/fs/cgroup/pod/web/memory.current', `${4 * GIB + 1_000}\n`)
  expect(sampler.sample(20)).toBe(first)
  world.write('sys/fs/cgroup/pod/web/memory.current', `${6 * GIB}\n`)
  expect(sampler.sample(40).ratio).toBe(0.75)
})

test('page cache that makes room at the limit is seen although the charge stands still', () => {
  const events = (max: number): string => `low 0\nhigh 0\nmax ${max}\noom 0\noom_kill 0\n`
  const cache = (bytes: number): string => `inactive_file ${bytes}\n`
  const { sampler, world } = sampling({
    ...IN_GROUP_V2,
    ...groupV2({ current: 8 * GIB, max: 8 * GIB, stat: cache(6 * GIB) }),
    'sys/fs/cgroup/pod/web/memory.events': events(7),
  })
  expect(sampler.sample(0).constraints[0]?.usedBytes).toBe(2 * GIB)
  world.write('sys/fs/cgroup/pod/web/memory.stat', cache(GIB))
  world.write('sys/fs/cgroup/pod/web/memory.events', events(9))
  expect(sampler.sample(20).constraints[0]?.usedBytes).toBe(7 * GIB)
})

test('the heap of V8 is a limit beside the others', () => {
  const { sampler } = sampling({ ...IN_GROUP_V2, ...groupV2({ current: 1, max: 8 * GIB }) })
  const { constraints, binding } = sampler.sample(0)
  expect(constraints.map(({ kind }) => kind)).toEqual(['group', 'heap'])
  expect(binding.kind).toBe('heap')
  expect(binding.usedBytes).toBeGreaterThan(0)
  expect(binding.usedBytes).toBeLessThan(binding.limitBytes)
})

test('without a memory group the machine is the limit; without /proc, the process is held against it', () => {
  const meminfo = 'MemTotal:  8388608 kB\nMemFree: 1 kB\nMemAvailable:  2097152 kB\n'
  expect(sampling({ 'proc/meminfo': meminfo }).sampler.sample(0).binding).toEqual({
    kind: 'machine',
    name: 'the machine',
    limitBytes: 8 * GIB,
    usedBytes: 6 * GIB,
  })
  const alone = sampling({}).sampler.sample(0)
  expect(alone.constraints[0]).toMatchObject({ kind: 'process', limitBytes: totalmem() })
  expect(alone.usageBytes).toBeNull()
})

test('files that cannot be read are as if they were not there', () => {
  const { sampler } = sampling({
    ...IN_GROUP_V2,
    'sys/fs/cgroup/pod/web/memory.current/is-a-folder': '',
    'proc/meminfo': 'MemTotal: 8 kB\nMemAvailable: 4 kB\n',
  })
  expect(sampler.sample(0).constraints[0]?.kind).toBe('machine')
})

test('pressure is a share of the time that has passed, once there is enough of it', () => {
  const { sampler, world } = sampling({
    ...IN_GROUP_V2,
    ...groupV2({ current: 1, max: 8 * GIB }),
  })
  const write = (some: number, full: number): void =>
    world.write(
      'sys/fs/cgroup/pod/web/memory.pressure',
      `some avg10=0.00 avg60=0.00 avg300=0.00 total=${some}\nfull avg10=0.00 avg60=0.00 avg300=0.00 total=${full}\n`,
    )
  write(1_000_000, 500_000)
  expect(sampler.sample(10_000).pressure).toBeNull()
  write(1_400_000, 600_000)
  expect(sampler.sample(11_000).pressure).toBeNull()
  const { pressure } = sampler.sample(14_000)
  expect(pressure?.some).toBeCloseTo(0.1)
  expect(pressure?.full).toBeCloseTo(0.025)
})
