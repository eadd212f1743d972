import { describe, expect, it } from 'vitest'
import { fakeReader } from '../../../../../test/support/fake-reader.ts'
import { readSwapMachine } from './this-machine.ts'

const V1_MOUNT = '31 24 0:27 / /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory\n'
const V2_MOUNT = '30 24 0:26 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw\n'
const MEMINFO = 'MemTotal:       16384 kB\nSwapTotal:        2048 kB\n'

function machine(files: Record<string, string>): ReturnType<typeof readSwapMachine> {
  using reader = fakeReader({ files })
  return readSwapMachine(reader)
}

describe('what a machine has of what decides about swap', () => {
  it('is seen on v1 in the root group', () => {
    const files = { '/proc/self/mountinfo': V1_MOUNT, '/proc/meminfo': MEMINFO }
    expect(machine(files)).toEqual({ cgroup: 1, accounting: false, swapBytes: 2_097_152 })
    const counted = { ...files, '/sys/fs/cgroup/memory/memory.memsw.limit_in_bytes': '1\n' }
    expect(machine(counted).accounting).toBe(true)
  })

  it('is seen on v2 in a group that has limits, which the root has not', () => {
    const files = { '/proc/self/mountinfo': V2_MOUNT, '/proc/self/cgroup': '0::/\n' }
    expect(machine(files)).toEqual({ cgroup: 2, accounting: null, swapBytes: null })
    const limited = { ...files, '/sys/fs/cgroup/system.slice/memory.max': 'max\n' }
    expect(machine(limited).accounting).toBe(false)
    const counted = { ...limited, '/sys/fs/cgroup/system.slice/memory.swap.max': 'max\n' }
    expect(machine(counted).accounting).toBe(true)
    const own = {
      ...files,
      '/proc/self/cgroup': '0::/a/b\n',
      '/sys/fs/cgroup/a/b/memory.max': '9\n',
    }
    expect(machine(own).accounting).toBe(false)
  })

  it('is out of reach where no memory controller is mounted', () => {
    expect(() => machine({ '/proc/self/mountinfo': '\n' })).toThrow(
      expect.objectContaining({ exitCode: 3, todo: expect.stringContaining('--cgroup v1') }),
    )
  })
})
