import { unreachableError } from '../../../../model/errors.ts'
import {
  findMemoryHierarchy,
  folderOf,
  memoryPathIn,
} from '../../../../sources/cgroup/hierarchy.ts'
import type { MemoryHierarchy } from '../../../../sources/cgroup/hierarchy.ts'
import { listFolder, textOrNull } from '../../../../sources/reader.ts'
import type { Reader } from '../../../../sources/reader.ts'

/** What this machine has of what decides about swap. */
export interface SwapMachine {
  cgroup: 1 | 2
  /** Null: not to be seen from here. */
  accounting: boolean | null
  swapBytes: number | null
}

/**
 * Looks at the memory controller and at the swap of this machine.
 *
 * @throws StellaError (unreachable) where no memory controller is to be seen
 */
export function readSwapMachine(reader: Reader): SwapMachine {
  const hierarchy = findMemoryHierarchy(reader)
  if (hierarchy === null) {
    throw unreachableError(
      'this machine shows no memory controller',
      '/proc/self/mountinfo',
      'say which one is meant with --cgroup v1 or --cgroup v2',
    )
  }
  const total = /^SwapTotal:\s+(\d{1,15}) kB$/m.exec(textOrNull(reader, '/proc/meminfo') ?? '')?.[1]
  return {
    cgroup: hierarchy.version,
    accounting: hasAccounting(reader, hierarchy),
    swapBytes: total === undefined ? null : Number(total) * 1024,
  }
}

function hasAccounting(reader: Reader, hierarchy: MemoryHierarchy): boolean | null {
  const { mountPoint, version } = hierarchy
  if (version === 1) return has(reader, mountPoint, 'memory.memsw.limit_in_bytes')
  // The root group has no limits; any other group tells.
  const own = memoryPathIn(textOrNull(reader, '/proc/self/cgroup') ?? '', 2) ?? '/'
  const listed = listFolder(reader, mountPoint)
  const children = listed.ok ? listed.folders.map((name) => `${mountPoint}/${name}`) : []
  const groups = [folderOf(hierarchy, own) ?? mountPoint, ...children.slice(0, 64)]
  const limited = groups.find((folder) => has(reader, folder, 'memory.max'))
  return limited === undefined ? null : has(reader, limited, 'memory.swap.max')
}

function has(reader: Reader, folder: string, file: string): boolean {
  return textOrNull(reader, `${folder}/${file}`) !== null
}
