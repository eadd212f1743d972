/** Where this process's memory group lies, and those above it that can be seen. */
export interface GroupPaths {
  version: 1 | 2
  /** The path that the kernel names it by: `/docker/…`, or `/` inside a cgroup namespace. */
  path: string
  /** Folders of the group and of its ancestors, its own first. */
  folders: readonly string[]
}

interface Mount {
  root: string
  point: string
}

/**
 * Finds the group by what the kernel says of this process. Null: there is no memory controller to be seen.
 *
 * @param cgroup `/proc/self/cgroup`
 * @param mountinfo `/proc/self/mountinfo`
 */
export function groupPaths(cgroup: string, mountinfo: string): GroupPaths | null {
  const lines = cgroup.split('\n').map((line) => /^\d+:([^:]*):(.*)$/.exec(line))
  const v1 = lines.find((line) => line?.[1]?.split(',').includes('memory'))?.[2]
  const v2 = lines.find((line) => line?.[1] === '')?.[2]
  const path = v1 ?? v2
  if (path === undefined) return null
  const version = v1 === undefined ? 2 : 1
  const mount = mountOf(mountinfo, version)
  return mount === null ? null : { version, path, folders: foldersUp(mount, path) }
}

function mountOf(mountinfo: string, version: 1 | 2): Mount | null {
  for (const line of mountinfo.split('\n')) {
    // proc(5): 36 35 98:0 /root /mount/point options - type source super-options
    const [head = '', tail = ''] = line.split(' - ')
    const [type, , options = ''] = tail.split(' ')
    const isMemory =
      version === 1
        ? type === 'cgroup' && options.split(',').includes('memory')
        : type === 'cgroup2'
    const [, , , root, point] = head.split(' ')
    if (isMemory && root !== undefined && point !== undefined) {
      return { root: unescaped(root), point: unescaped(point) }
    }
  }
  return null
}

/** A container without a cgroup namespace is shown the host's path, and has its own group mounted: the root of the mount says so. */
function foldersUp({ root, point }: Mount, path: string): string[] {
  const base = root === '/' ? '' : root
  const isBelow = path === root || path.startsWith(`${base}/`)
  const parts = isBelow ? path.slice(base.length).split('/').filter(Boolean) : []
  if (parts.includes('..')) return [point]
  return parts
    .map((_, at) => `${point}/${parts.slice(0, parts.length - at).join('/')}`)
    .concat(point)
}

/** The kernel writes spaces, tabs, newlines and backslashes of a path in octal. */
function unescaped(path: string): string {
  return path.replaceAll(/\\([0-7]{3})/g, (_, octal: string) =>
    String.fromCharCode(Number.parseInt(octal, 8)),
  )
}
