import type { GroupDocument } from '../../audit/documents/machine.ts'
import { cgroupAncestors, describeCgroupPath } from '../../evidence/cgroup-path.ts'
import { counter, limit } from '../../parsers/cgroup/values.ts'
import { folderOf, type MemoryHierarchy } from '../../sources/cgroup/hierarchy.ts'
import { pidsOf } from '../../sources/proc/index.ts'
import { listFolder, readText, type Reader } from '../../sources/reader.ts'

/** The memory group of a container that lives. */
export interface ContainerGroup {
  id: string
  /** As far as its name tells. */
  engine: string | null
  path: string
  /** Its own, then those above it; the root is none. */
  groups: readonly GroupDocument[]
}

/** Groups that are looked at; a machine with a hundred pods has some five hundred. */
const MAX_GROUPS = 10_000

/** The groups of all containers that live, whoever started them, and what could not be read. */
export function readContainerGroups(
  reader: Reader,
  hierarchy: MemoryHierarchy,
): { found: ContainerGroup[]; unread: string[] } {
  const found: ContainerGroup[] = []
  const unread: string[] = []
  const known = new Map<string, GroupDocument | null>()
  let looked = 0
  for (const path of pathsBelow(reader, hierarchy)) {
    if (++looked > MAX_GROUPS) {
      unread.push(`only the first ${MAX_GROUPS} memory groups were looked at`)
      break
    }
    const { containerPath, containerId, engine } = describeCgroupPath(path)
    if (containerId === null || containerPath !== path) continue
    if (pidsOf(reader, hierarchy, path).pids.length === 0) continue
    const chain = [path, ...cgroupAncestors(path)].filter((each) => isVisible(hierarchy, each))
    const groups: GroupDocument[] = []
    for (const each of chain) {
      if (!known.has(each)) known.set(each, readLimits(reader, hierarchy, each))
      const group = known.get(each)
      if (group !== undefined && group !== null) groups.push(group)
    }
    if (groups.length === chain.length) found.push({ id: containerId, engine, path, groups })
    else
      unread.push(`the limits of ${path} and of the groups above it may not be read: it needs root`)
  }
  return { found, unread }
}

function* pathsBelow(reader: Reader, hierarchy: MemoryHierarchy): Generator<string> {
  const queue = [hierarchy.mountRoot]
  for (let path = queue.shift(); path !== undefined; path = queue.shift()) {
    yield path
    const folder = folderOf(hierarchy, path)
    const listed = folder === null ? null : listFolder(reader, folder)
    if (listed === null || !listed.ok) continue
    for (const name of listed.folders) queue.push(path === '/' ? `/${name}` : `${path}/${name}`)
  }
}

/** The root has no limit, and what stands above our own mount cannot be seen. */
function isVisible(hierarchy: MemoryHierarchy, path: string): boolean {
  return path !== '/' && folderOf(hierarchy, path) !== null
}

/** Null where they may not be read. */
function readLimits(
  reader: Reader,
  hierarchy: MemoryHierarchy,
  path: string,
): GroupDocument | null {
  const folder = folderOf(hierarchy, path) ?? ''
  let isReadable = true
  const textOf = (name: string): string | undefined => {
    const read = readText(reader, `${folder}/${name}`)
    if (!read.ok && read.problem.kind !== 'missing') isReadable = false
    return read.ok ? read.text : undefined
  }
  const limitOf = (name: string): number | null => limit(textOf(name)).bytes
  const group: GroupDocument =
    hierarchy.version === 2
      ? { path, limitBytes: limitOf('memory.max'), highBytes: limitOf('memory.high') }
      : { path, limitBytes: limitOf('memory.limit_in_bytes'), ...v1Settings(textOf, limitOf) }
  return isReadable ? group : null
}

function v1Settings(
  textOf: (name: string) => string | undefined,
  limitOf: (name: string) => number | null,
): Partial<GroupDocument> {
  const swappiness = counter(textOf('memory.swappiness'))
  return {
    softBytes: limitOf('memory.soft_limit_in_bytes'),
    ...(swappiness === null ? {} : { swappiness }),
    ...(counter(textOf('memory.use_hierarchy')) === 0 ? { hierarchical: false } : {}),
  }
}
