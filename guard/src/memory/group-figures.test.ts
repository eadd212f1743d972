import { expect, test } from 'vitest'
import { groupFigures } from './group-figures.ts'

const MIB = 1024 * 1024
/** Lines of a real group of cgroup v1 (Linux 6.18) with a limit above it. */
const STAT_V1 = `cache 10153984
rss 7700480
dirty 57344
inactive_file 4096
active_file 1150976
hierarchical_memory_limit ${512 * MIB}
total_cache 2912894976
total_rss 526807040
total_dirty 59596800
total_writeback 4096
total_inactive_file 1764102144
total_active_file 944300032
`

test('cgroup v1: what is unreclaimable is the charge without clean page cache, of the group with all below it', () => {
  const usage = '3600000000\n'
  const texts = { usage, limit: '9223372036854771712\n', high: null, stat: STAT_V1 }
  expect(groupFigures(1, texts)).toEqual({
    usageBytes: 3600000000,
    unreclaimableBytes: 3600000000 - (1764102144 + 944300032 - 59596800 - 4096),
    limitBytes: 512 * MIB,
  })
})

test('cgroup v2: reclaimable slab can go as well, and the lower one of max and high is the limit', () => {
  const stat =
    'anon 100\nfile 50\ninactive_file 20\nactive_file 10\nfile_dirty 5\nslab_reclaimable 7\n'
  const texts = { usage: '200\n', limit: '1000\n', stat }
  expect(groupFigures(2, { ...texts, high: '900\n' })).toEqual({
    usageBytes: 200,
    unreclaimableBytes: 200 - (20 + 10 + 7 - 5),
    limitBytes: 900,
  })
  expect(groupFigures(2, { ...texts, high: 'max\n' })?.limitBytes).toBe(1000)
})

test('no limit is no limit, in both spellings', () => {
  const none = { usage: '200\n', high: null, stat: null }
  expect(groupFigures(2, { ...none, limit: 'max\n' })?.limitBytes).toBeNull()
  expect(groupFigures(1, { ...none, limit: '9223372036854771712\n' })?.limitBytes).toBeNull()
})

test('without the breakdown all of the charge counts; without a charge nothing is known', () => {
  expect(
    groupFigures(2, { usage: '200\n', limit: '1000', high: null, stat: null })?.unreclaimableBytes,
  ).toBe(200)
  expect(groupFigures(2, { usage: null, limit: '1000', high: null, stat: 'anon 100\n' })).toBeNull()
  expect(groupFigures(2, { usage: 'x', limit: '1000', high: null, stat: null })).toBeNull()
})
