import { describe, expect, it } from 'vitest'
import { fakeReader } from '../../../test/support/fake-reader.ts'
import { findMemoryHierarchy, folderOf, memoryPathIn, pathInHierarchy } from './hierarchy.ts'

const V1 = `31 23 0:28 / /sys/fs/cgroup rw,relatime - tmpfs tmpfs rw,mode=755
32 31 0:29 / /sys/fs/cgroup/cpu rw,relatime - cgroup cgroup rw,cpu
35 31 0:32 / /sys/fs/cgroup/memory rw,relatime - cgroup cgroup rw,memory
41 31 0:38 / /sys/fs/cgroup/unified rw,relatime - cgroup2 cgroup2 rw
`
const V2 = `25 20 0:22 / /sys/fs/cgroup rw,nosuid shared:9 - cgroup2 cgroup2 rw,nsdelegate
`
const IN_CONTAINER = `2011 2005 0:29 /docker/4f /sys/fs/cgroup/memory ro,nosuid master:16 - cgroup cgroup rw,memory
`

describe('where the memory controller is', () => {
  it('is the v1 hierarchy on a hybrid host, whose cgroup2 mount holds no memory', () => {
    using reader = fakeReader({ files: { 'proc/self/mountinfo': V1 } })
    expect(findMemoryHierarchy(reader)).toEqual({
      version: 1,
      mountPoint: '/sys/fs/cgroup/memory',
      mountRoot: '/',
    })
  })

  it('is the unified hierarchy where that has it', () => {
    using reader = fakeReader({
      files: {
        'proc/self/mountinfo': V2,
        'sys/fs/cgroup/cgroup.controllers': 'cpu io memory pids\n',
      },
    })
    expect(findMemoryHierarchy(reader)).toEqual({
      version: 2,
      mountPoint: '/sys/fs/cgroup',
      mountRoot: '/',
    })
  })

  it('is nowhere on a machine without cgroups', () => {
    using reader = fakeReader({
      files: { 'proc/self/mountinfo': '20 1 0:2 / / rw - ext4 /dev/vda rw\n' },
    })
    expect(findMemoryHierarchy(reader)).toBeNull()
  })

  it('shows in a container only the part that is mounted there', () => {
    using reader = fakeReader({ files: { 'proc/self/mountinfo': IN_CONTAINER } })
    const hierarchy = findMemoryHierarchy(reader)
    expect(hierarchy?.mountRoot).toBe('/docker/4f')
    if (hierarchy === null) return
    expect(folderOf(hierarchy, '/docker/4f/inner')).toBe('/sys/fs/cgroup/memory/inner')
    expect(folderOf(hierarchy, '/docker/4f')).toBe('/sys/fs/cgroup/memory')
    expect(folderOf(hierarchy, '/docker/4f1')).toBeNull()
    expect(folderOf(hierarchy, '/')).toBeNull()
  })
})

describe('a path that a user gives', () => {
  const hierarchy = { version: 1, mountPoint: '/sys/fs/cgroup/memory', mountRoot: '/' } as const

  it.each([
    ['/docker/4f', '/docker/4f'],
    ['/sys/fs/cgroup/memory/docker/4f/', '/docker/4f'],
    ['/sys/fs/cgroup/memory', '/'],
    ['/', '/'],
  ])('%s is %s', (given, path) => {
    expect(pathInHierarchy(hierarchy, given)).toBe(path)
  })

  it('never leads out of the hierarchy', () => {
    expect(folderOf(hierarchy, '/docker/../../../../etc')).toBeNull()
  })
})

it('finds the memory group of a process in either version of its cgroup file', () => {
  expect(memoryPathIn('9:name=systemd:/x\n4:memory:/docker/4f\n0::/\n', 1)).toBe('/docker/4f')
  expect(memoryPathIn('0::/system.slice/a:b.service\n', 2)).toBe('/system.slice/a:b.service')
  expect(memoryPathIn('0::/system.slice/x.scope (deleted)\n', 2)).toBe('/system.slice/x.scope')
  expect(memoryPathIn('3:cpuset:/\n', 1)).toBeNull()
})
