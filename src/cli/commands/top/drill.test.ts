import { expect, it } from 'vitest'
import { fakeReader } from '../../../../test/support/fake-reader.ts'
import { row } from '../../../../test/support/watched.ts'
import { statLines } from './drill.ts'

const hierarchy = { version: 1, mountPoint: '/cg', mountRoot: '/' } as const

it('shows the sizes of v1 with what lies below, the largest first, and no counts of events', async () => {
  using reader = fakeReader({
    files: {
      'cg/a/memory.stat':
        'cache 1\npgfault 9\ntotal_rss 1048576\ntotal_cache 4194304\ntotal_pgfault 99999999\ntotal_swap 0\n',
    },
  })
  expect(await statLines(reader, hierarchy)(row({ path: '/a' }))).toEqual([
    '     4Mi  cache (4194304 bytes)',
    '     1Mi  rss (1048576 bytes)',
  ])
})

it('shows the sizes of v2', async () => {
  using reader = fakeReader({
    files: {
      'cg/a/memory.stat': 'anon 8192\nfile 12288\nworkingset_refault_anon 7\nthp_fault 3\n',
    },
  })
  expect(await statLines(reader, { ...hierarchy, version: 2 })(row({ path: '/a' }))).toEqual([
    '    12Ki  file (12288 bytes)',
    '     8Ki  anon (8192 bytes)',
  ])
})

it('says that the group is gone, or not to be seen', async () => {
  using reader = fakeReader()
  expect(await statLines(reader, hierarchy)(row({ path: '/a' }))).toEqual(['the group was removed'])
  const inside = statLines(reader, { ...hierarchy, mountRoot: '/docker/4f' })
  expect(await inside(row({ path: '/other' }))).toEqual(['/other is not visible from here'])
})
