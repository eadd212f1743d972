import { normaliseCgroupPath } from '../../evidence/cgroup-path.ts'
import { unreachableError } from '../../model/errors.ts'
import { textOrNull } from '../reader.ts'
import type { Reader } from '../reader.ts'

/** Where the memory controller's files are. */
export interface MemoryHierarchy {
  version: 1 | 2
  /** Below the reader's root. */
  mountPoint: string
  /** The group that is visible at the mount point: `/`, or in a container's own mount the container's group. */
  mountRoot: string
}

/**
 * Finds the hierarchy that holds the memory controller. On a hybrid host that is the v1 one: the cgroup2 mount beside it
 * has no memory controller. Null where no hierarchy is mounted.
 */
export function findMemoryHierarchy(reader: Reader): MemoryHierarchy | null {
  const text = textOrNull(reader, '/proc/self/mountinfo')
  if (text === null) return null
  const mounts = parseCgroupMounts(text)
  const v1 = mounts.find((mount) => mount.version === 1)
  if (v1 !== undefined) return v1
  const v2 = mounts.filter((mount) => mount.version === 2)
  const withMemory = v2.find((mount) =>
    (textOrNull(reader, `${mount.mountPoint}/cgroup.controllers`) ?? '')
      .split(/\s/)
      .includes('memory'),
  )
  return withMemory ?? v2[0] ?? null
}

/** @throws StellaError 3 where no hierarchy is mounted */
export function memoryHierarchy(reader: Reader): MemoryHierarchy {
  const found = findMemoryHierarchy(reader)
  if (found !== null) return found
  throw unreachableError(
    'no cgroup file system is mounted here',
    '/proc/self/mountinfo',
    "run it on the machine itself, or mount the machine's /sys/fs/cgroup into the container",
  )
}

/** The memory hierarchies among the lines of /proc/self/mountinfo (proc_pid_mountinfo(5)). */
export function parseCgroupMounts(mountinfo: string): MemoryHierarchy[] {
  const mounts: MemoryHierarchy[] = []
  for (const line of mountinfo.split('\n')) {
    const [mount = '', filesystem = ''] = line.split(' - ', 2)
    const [, , , root, mountPoint] = mount.split(' ')
    const [type, , superOptions = ''] = filesystem.split(' ')
    if (root === undefined || mountPoint === undefined) continue
    const isV1 = type === 'cgroup' && superOptions.split(',').includes('memory')
    if (!isV1 && type !== 'cgroup2') continue
    mounts.push({
      version: isV1 ? 1 : 2,
      mountPoint: unescapeMount(mountPoint),
      mountRoot: normaliseCgroupPath(unescapeMount(root)),
    })
  }
  return mounts
}

/** The folder of a group, or null where the mount does not show it. */
export function folderOf(hierarchy: MemoryHierarchy, path: string): string | null {
  const { mountPoint, mountRoot } = hierarchy
  const wanted = normaliseCgroupPath(path)
  if (wanted.split('/').includes('..')) return null
  // A mount root of `/..` is that of a cgroup namespace seen from inside another one: only names below it are usable.
  if (mountRoot === '/' || mountRoot.startsWith('/..')) return joined(mountPoint, wanted)
  if (wanted === mountRoot) return mountPoint
  return wanted.startsWith(`${mountRoot}/`)
    ? joined(mountPoint, wanted.slice(mountRoot.length))
    : null
}

/** A path given by a user: either inside the hierarchy, or the folder itself (`/sys/fs/cgroup/memory/docker/…`). */
export function pathInHierarchy(hierarchy: MemoryHierarchy, given: string): string {
  const path = normaliseCgroupPath(given)
  const { mountPoint, mountRoot } = hierarchy
  if (path !== mountPoint && !path.startsWith(`${mountPoint}/`)) return path
  return normaliseCgroupPath(`${mountRoot}/${path.slice(mountPoint.length)}`)
}

/** The path of a process in the memory hierarchy, from its /proc/PID/cgroup. */
export function memoryPathIn(procCgroup: string, version: 1 | 2): string | null {
  for (const line of procCgroup.split('\n')) {
    const [id, controllers, ...path] = line.split(':')
    if (id === undefined || controllers === undefined || path.length === 0) continue
    const matches =
      version === 2 ? id === '0' && controllers === '' : controllers.split(',').includes('memory')
    // A group that was removed under a zombie is still told, with this mark.
    if (matches) return normaliseCgroupPath(path.join(':').replace(/ \(deleted\)$/, ''))
  }
  return null
}

function joined(mountPoint: string, path: string): string {
  return path === '/' ? mountPoint : `${mountPoint}${path}`
}

/** mountinfo writes space, tab, newline and backslash as three octal digits. */
function unescapeMount(text: string): string {
  return text.replace(/\\([0-7]{3})/g, (_match, octal: string) =>
    String.fromCharCode(Number.parseInt(octal, 8)),
  )
}
