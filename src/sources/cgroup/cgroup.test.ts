import { expect, it } from 'vitest'
import { fakeReader } from '../../../test/support/fake-reader.ts'
import { readCgroup } from './index.ts'
import { locateContainer, locateParent } from './locate.ts'

const ID = 'ab'.repeat(32)
const hierarchy = { version: 2, mountPoint: '/sys/fs/cgroup', mountRoot: '/' } as const

function paths(reading: ReturnType<typeof readCgroup>): (string | null)[] {
  return reading.observations.map(({ fact }) => (fact.kind === 'cgroup-state' ? fact.path : null))
}

it('reads a group, those above it, those below it, nearest first', () => {
  using reader = fakeReader({
    files: {
      'sys/fs/cgroup/a/memory.max': 'max\n',
      'sys/fs/cgroup/a/b/memory.max': '16777216\n',
      'sys/fs/cgroup/a/b/memory.events.local': 'low 0\nhigh 0\nmax 3\noom 1\noom_kill 1\n',
      'sys/fs/cgroup/a/b/c/memory.max': 'max\n',
      'sys/fs/cgroup/a/b/c/d/memory.max': 'max\n',
      'sys/fs/cgroup/other/memory.max': 'max\n',
    },
  })
  const reading = readCgroup(reader, hierarchy, '/a/b')
  expect(paths(reading)).toEqual(['/a/b', '/a', '/a/b/c', '/a/b/c/d'])
  expect(reading.observations[0]?.fact).toMatchObject({
    limitBytes: 16_777_216,
    eventsLocal: { oom: 1, oomKill: 1 },
  })
  expect(reading.unknown).toEqual([])
})

it('reads no more groups below than it can show, and says so', () => {
  const files: Record<string, string> = { 'sys/fs/cgroup/a/memory.max': 'max\n' }
  for (let index = 0; index < 300; index++) files[`sys/fs/cgroup/a/${index}/memory.max`] = 'max\n'
  using reader = fakeReader({ files })
  const reading = readCgroup(reader, hierarchy, '/a')
  expect(reading.observations).toHaveLength(1 + 256)
  expect(reading.unknown).toEqual(['only the first 256 groups below /a were read'])
})

it('reads the groups above a group that is gone', () => {
  using reader = fakeReader({ files: { 'sys/fs/cgroup/a/memory.max': '100000\n' } })
  expect(paths(readCgroup(reader, hierarchy, '/a/gone'))).toEqual(['/a'])
})

it.each([
  ['Docker', 'docker', null, `docker/${ID}`],
  ['Docker, systemd driver', 'docker', null, `system.slice/docker-${ID}.scope`],
  ['Docker with a parent', 'docker', '/jobs', `jobs/${ID}`],
  ['Docker with a slice', 'docker', 'a-b.slice', `a.slice/a-b.slice/docker-${ID}.scope`],
  ['Podman', 'podman', null, `machine.slice/libpod-${ID}.scope`],
  ['Podman, cgroupfs', 'podman', null, `libpod_parent/libpod-${ID}`],
  ['a kubelet', 'docker', null, `kubepods/burstable/pod3f1c2d4e-0a1b-4c2d-8e3f-001122334455/${ID}`],
  ['a Quadlet unit', 'podman', null, `system.slice/web.service/libpod-payload-${ID}`],
] as const)(
  'finds the group of a container of %s without asking a process',
  (_name, engine, cgroupParent, folder) => {
    using reader = fakeReader({ files: { [`sys/fs/cgroup/${folder}/memory.max`]: 'max\n' } })
    expect(locateContainer(reader, hierarchy, { id: ID, engine, cgroupParent })).toBe(`/${folder}`)
  },
)

it('finds no group for a container whose group is gone', () => {
  using reader = fakeReader({ files: { 'sys/fs/cgroup/docker/x/memory.max': 'max\n' } })
  expect(
    locateContainer(reader, hierarchy, { id: ID, engine: 'docker', cgroupParent: null }),
  ).toBeNull()
})

it.each([
  ['cgroupfs', 'docker', null, 'docker', '/docker'],
  ['systemd', 'docker', null, 'system.slice', '/system.slice'],
  ['a slice of its own', 'docker', 'a-b.slice', 'a.slice/a-b.slice', '/a.slice/a-b.slice'],
  ['a group of its own', 'docker', '/jobs', 'jobs', '/jobs'],
  ['Podman', 'podman', null, 'machine.slice', '/machine.slice'],
] as const)('still finds the group above it: %s', (_name, engine, cgroupParent, folder, parent) => {
  using reader = fakeReader({ files: { [`sys/fs/cgroup/${folder}/memory.max`]: 'max\n' } })
  expect(locateParent(reader, hierarchy, { id: ID, engine, cgroupParent })).toBe(parent)
})
