import fc from 'fast-check'
import { expect, test } from 'vitest'
import { groupPaths } from './group-paths.ts'

const V1_MOUNT =
  '35 31 0:32 / /sys/fs/cgroup/memory rw,relatime - cgroup cgroup rw,memory\n41 31 0:38 / /sys/fs/cgroup/unified rw,relatime - cgroup2 cgroup2 rw\n'
const V2_MOUNT = '29 23 0:26 / /sys/fs/cgroup ro,nosuid - cgroup2 cgroup2 rw,nsdelegate\n'

test('a group of cgroup v1 is found with those above it, beside an empty unified hierarchy', () => {
  expect(groupPaths('4:memory:/a/b\n3:cpuset:/\n0::/other\n', V1_MOUNT)).toEqual({
    version: 1,
    path: '/a/b',
    folders: ['/sys/fs/cgroup/memory/a/b', '/sys/fs/cgroup/memory/a', '/sys/fs/cgroup/memory'],
  })
})

test('a container that sees the path of the host finds its own group where it is mounted', () => {
  const mount =
    '35 31 0:32 /docker/abc /sys/fs/cgroup/memory ro - cgroup cgroup rw,memory,hugetlb\n'
  expect(groupPaths('4:memory:/docker/abc\n', mount)?.folders).toEqual(['/sys/fs/cgroup/memory'])
  expect(groupPaths('4:memory:/docker/abc/child\n', mount)?.folders).toEqual([
    '/sys/fs/cgroup/memory/child',
    '/sys/fs/cgroup/memory',
  ])
})

test('a container of cgroup v2 in a namespace of its own has the root as its group', () => {
  expect(groupPaths('0::/\n', V2_MOUNT)).toEqual({
    version: 2,
    path: '/',
    folders: ['/sys/fs/cgroup'],
  })
})

test('a path that leads out of the namespace is not followed', () => {
  expect(groupPaths('0::/../other\n', V2_MOUNT)?.folders).toEqual(['/sys/fs/cgroup'])
})

test('spaces in the place of the mount are read as the kernel writes them', () => {
  const mount = '29 23 0:26 / /mnt/my\\040groups rw - cgroup2 cgroup2 rw\n'
  expect(groupPaths('0::/a\n', mount)?.folders).toEqual(['/mnt/my groups/a', '/mnt/my groups'])
})

test('where nothing is mounted, or nothing can be read, there is no group', () => {
  expect(groupPaths('0::/a\n', '')).toBeNull()
  expect(groupPaths('', V2_MOUNT)).toBeNull()
})

test('it throws at no text, and its folders lead from the group to the mount', () => {
  fc.assert(
    fc.property(fc.string(), fc.string(), (cgroup, mountinfo) => {
      groupPaths(cgroup, mountinfo)
      const found = groupPaths(`0::/${cgroup.replaceAll('\n', '')}`, V2_MOUNT)
      expect(found?.folders.at(-1)).toBe('/sys/fs/cgroup')
    }),
  )
})
