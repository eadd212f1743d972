import { expect, it } from 'vitest'
import { fakeReader } from '../../../test/support/fake-reader.ts'
import { readCgroup } from './index.ts'
import { whyUncounted } from './uncounted.ts'

const hierarchy = { version: 2, mountPoint: '/cg', mountRoot: '/' } as const
const FILES = {
  'cg/cgroup.controllers': 'cpu memory\n',
  'cg/counted/cgroup.controllers': 'memory\n',
  'cg/counted/memory.current': '4096\n',
  'cg/counted/plain/cgroup.controllers': '\n',
  'cg/counted/plain/cgroup.events': 'populated 1\nfrozen 0\n',
  'cg/lone/cgroup.controllers': '\n',
}

it('a group without the controller names the one in which its memory counts', () => {
  using reader = fakeReader({ files: FILES })
  expect(whyUncounted(reader, hierarchy, '/counted/plain')).toEqual({
    what: 'the memory controller is not switched on for the group /counted/plain: its memory is neither counted nor limited there',
    todo: 'name /counted, in which it counts',
  })
  expect(whyUncounted(reader, hierarchy, '/lone')?.todo).toContain('cgroup.subtree_control')
  expect(whyUncounted(reader, hierarchy, '/')?.what).toContain('no account of the root group')
})

it('one that is counted, and one that is not there, are left to others', () => {
  using reader = fakeReader({ files: FILES })
  expect(whyUncounted(reader, hierarchy, '/counted')).toBeNull()
  expect(whyUncounted(reader, hierarchy, '/gone')).toBeNull()
  expect(whyUncounted(reader, { ...hierarchy, version: 1 }, '/lone')).toBeNull()
})

it('is told where the group is looked at', () => {
  using reader = fakeReader({ files: FILES })
  expect(readCgroup(reader, hierarchy, '/counted/plain').unknown).toEqual([
    expect.stringContaining('name /counted, in which it counts'),
  ])
})
