import { expect, test } from 'vitest'
import { fakeReader } from '../../test/support/fake-reader.ts'
import { THROTTLE } from './backends/slow-disk.ts'
import { refuseWhatCannotBe } from './needs.ts'

const V1 = '35 31 0:32 / /sys/fs/cgroup/memory rw,relatime - cgroup cgroup rw,memory\n'
const V2 = '25 20 0:22 / /sys/fs/cgroup rw,nosuid - cgroup2 cgroup2 rw\n'
const MEMORY = 'sys/fs/cgroup/memory'

test('killing that cannot be switched off is said before anything is made, and is no matter to other labs', () => {
  using v1 = fakeReader({ files: { 'proc/self/mountinfo': V1 } })
  using v2 = fakeReader({
    files: { 'proc/self/mountinfo': V2, 'sys/fs/cgroup/cgroup.controllers': 'memory\n' },
  })
  const hang = { id: 'hang', needs: ['oom-kill-disable'] } as const
  expect(() => refuseWhatCannotBe(v2, hang)).toThrow('cgroup v2')
  expect(() => refuseWhatCannotBe(v1, hang)).not.toThrow()
  expect(() => refuseWhatCannotBe(v2, { ...hang, needs: [] })).not.toThrow()
})

test('swap of groups that nobody counts has no limit to speak of', () => {
  const files = { 'proc/self/mountinfo': V1, [`${MEMORY}/memory.limit_in_bytes`]: '4096\n' }
  using uncounted = fakeReader({ files })
  using counted = fakeReader({
    files: { ...files, [`${MEMORY}/memory.memsw.limit_in_bytes`]: '4096\n' },
  })
  const swap = { id: 'swap', needs: ['swap-accounting'] } as const
  expect(() => refuseWhatCannotBe(uncounted, swap)).toThrow('swapaccount=1')
  expect(() => refuseWhatCannotBe(counted, swap)).not.toThrow()
})

test('a disk that can be slowed down takes the blkio controller of v1', () => {
  const disk = { id: 'dirty-pages', needs: ['slow-disk'] } as const
  using v2 = fakeReader({
    files: { 'proc/self/mountinfo': V2, 'sys/fs/cgroup/cgroup.controllers': 'memory io\n' },
  })
  using without = fakeReader({ files: { 'proc/self/mountinfo': V1 } })
  using v1 = fakeReader({ files: { 'proc/self/mountinfo': V1, [THROTTLE]: '' } })
  expect(() => refuseWhatCannotBe(v2, disk)).toThrow('blkio')
  expect(() => refuseWhatCannotBe(without, disk)).toThrow('blkio')
  expect(() => refuseWhatCannotBe(v1, disk)).not.toThrow()
})
