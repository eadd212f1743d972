import { expect, it } from 'vitest'
import { checked } from '../../../test/support/checked.ts'
import { hostSwap } from './host-swap.ts'

const mounts = (type: string, options = 'rw') =>
  `30 23 0:26 / /sys/fs/cgroup rw - ${type} cgroup ${options}\n`
const meminfo = (swapKib: number) =>
  `MemTotal: 8000000 kB\nMemAvailable: 4000000 kB\nSwapTotal: ${swapKib} kB\n`
const v1 = {
  '/proc/self/mountinfo': mounts('cgroup', 'rw,memory'),
  '/sys/fs/cgroup/memory.limit_in_bytes': '1',
}
const v2 = {
  '/proc/self/mountinfo': mounts('cgroup2'),
  '/sys/fs/cgroup/cgroup.controllers': 'cpu memory',
  '/sys/fs/cgroup/web/memory.max': '1',
}

it('has nothing to count where there is no swap', async () => {
  const files = { ...v1, '/proc/meminfo': meminfo(0) }
  expect(await checked(hostSwap, { files })).toMatchObject({ status: 'pass' })
})

it.each([
  ['v1', v1, '/sys/fs/cgroup/memory.memsw.limit_in_bytes', 'memory.memsw.limit_in_bytes'],
  ['v2', v2, '/sys/fs/cgroup/web/memory.swap.max', 'memory.swap.max'],
])('warns on cgroup %s where a kernel has no file for it', async (_, groups, path, file) => {
  const files = { ...groups, '/proc/meminfo': meminfo(2_097_152) }
  expect(await checked(hostSwap, { files })).toMatchObject({
    status: 'warn',
    says: expect.stringContaining(
      `2 GiB of swap, and groups do not count it (no group has ${file})`,
    ),
    todo: expect.stringContaining('swapaccount=1'),
    evidence: { file, swapAccounting: false, swapBytes: 2 * 1024 ** 3 },
  })
  const counted = { ...files, [path]: '1' }
  expect(await checked(hostSwap, { files: counted })).toMatchObject({ status: 'pass' })
})
