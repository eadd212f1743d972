import { cgroupAncestors, describeCgroupPath } from '../../evidence/cgroup-path.ts'
import { listFolder, textOrNull } from '../reader.ts'
import type { Reader } from '../reader.ts'
import { folderOf, memoryPathIn } from './hierarchy.ts'
import type { MemoryHierarchy } from './hierarchy.ts'

/** The memory group a living process is in; null where it is gone or not visible. */
export function cgroupOfProcess(
  reader: Reader,
  hierarchy: MemoryHierarchy,
  pid: number,
): string | null {
  const text = textOrNull(reader, `/proc/${pid}/cgroup`)
  return text === null ? null : memoryPathIn(text, hierarchy.version)
}

export interface ContainerToLocate {
  id: string
  engine: 'docker' | 'podman'
  cgroupParent: string | null
}

/** Folders that are opened at most while looking for a group that stands in no usual place. */
const MAX_SEARCHED = 2_000

/**
 * Finds the group of a container that has no process to ask: where each driver puts it first, and then anywhere below
 * the root by its name. Null: it is gone, which is the usual end of a container's group.
 */
export function locateContainer(
  reader: Reader,
  hierarchy: MemoryHierarchy,
  container: ContainerToLocate,
): string | null {
  for (const path of usualPaths(container)) {
    const folder = folderOf(hierarchy, path)
    if (folder !== null && listFolder(reader, folder).ok) return path
  }
  return search(reader, hierarchy, container.id)
}

/** The group in which the group of a container stood that is gone: it may have been the limit. Null: not found either. */
export function locateParent(
  reader: Reader,
  hierarchy: MemoryHierarchy,
  container: ContainerToLocate,
): string | null {
  for (const path of usualPaths(container)) {
    const parent = cgroupAncestors(path)[0] ?? '/'
    const folder = folderOf(hierarchy, parent)
    if (parent !== '/' && folder !== null && listFolder(reader, folder).ok) return parent
  }
  return null
}

function usualPaths({ id, engine, cgroupParent }: ContainerToLocate): string[] {
  const parent = cgroupParent === null || cgroupParent === '' ? null : cgroupParent
  if (engine === 'docker') {
    const slice = parent?.endsWith('.slice') === true ? sliceFolder(parent) : '/system.slice'
    return [
      `${parent ?? '/docker'}/${id}`,
      `/docker${parent ?? ''}/${id}`,
      `${slice}/docker-${id}.scope`,
    ]
  }
  const slice = parent?.endsWith('.slice') === true ? sliceFolder(parent) : '/machine.slice'
  return [`${slice}/libpod-${id}.scope`, `${parent ?? '/libpod_parent'}/libpod-${id}`]
}

/** `a-b.slice` stands below `a.slice` (systemd.slice(5)). */
function sliceFolder(slice: string): string {
  const name = slice.slice(slice.lastIndexOf('/') + 1, -'.slice'.length)
  const words = name.split('-')
  return words.map((_word, index) => `/${words.slice(0, index + 1).join('-')}.slice`).join('')
}

function search(reader: Reader, hierarchy: MemoryHierarchy, id: string): string | null {
  for (const path of groups(reader, hierarchy)) {
    if (path.includes(id) && describeCgroupPath(path).containerId === id) return path
  }
  return null
}

/** Groups whose own name is this one: `redis.service` wherever its slice stands. */
export function findGroupsNamed(
  reader: Reader,
  hierarchy: MemoryHierarchy,
  name: string,
): string[] {
  return [...groups(reader, hierarchy)].filter((path) => path.endsWith(`/${name}`))
}

/** The group of a pod, whoever made it and wherever the kubelet's root stands. Null: it is gone. */
export function findPodGroup(
  reader: Reader,
  hierarchy: MemoryHierarchy,
  uid: string,
): string | null {
  const inSlices = uid.replaceAll('-', '_')
  for (const path of groups(reader, hierarchy)) {
    const isNamed = path.endsWith(`pod${uid}`) || path.endsWith(`pod${inSlices}.slice`)
    if (isNamed && describeCgroupPath(path).podPath === path) return path
  }
  return null
}

/** The groups of the hierarchy, those near the root first. */
function* groups(reader: Reader, hierarchy: MemoryHierarchy): Generator<string> {
  const queue = [hierarchy.mountRoot]
  for (let searched = 0; searched < MAX_SEARCHED; searched++) {
    const path = queue.shift()
    if (path === undefined) return
    const folder = folderOf(hierarchy, path)
    const listed = folder === null ? null : listFolder(reader, folder)
    if (listed === null || !listed.ok) continue
    for (const name of listed.folders) {
      const child = path === '/' ? `/${name}` : `${path}/${name}`
      yield child
      queue.push(child)
    }
  }
}
