import { cgroupAncestors, describeCgroupPath } from '../../evidence/cgroup-path.ts'
import { listFolder } from '../reader.ts'
import type { Reader } from '../reader.ts'
import { emptyReading } from '../reading.ts'
import type { Reading } from '../reading.ts'
import { readGroup } from './group.ts'
import { folderOf } from './hierarchy.ts'
import type { MemoryHierarchy } from './hierarchy.ts'
import { whyUncounted } from './uncounted.ts'

/** Groups below the one asked for that are read at most. */
const MAX_NESTED = 256

/**
 * Reads a group, every group above it up to the root, and the groups below it, nearest first. Ancestors count because the
 * limit that was reached can stand in any of them; nested groups because an inner limit kills without the outer one.
 * Nothing is found where the group is gone, which is usual after a container ended: then its ancestors are read alone.
 */
export function readCgroup(reader: Reader, hierarchy: MemoryHierarchy, path: string): Reading {
  const reading = emptyReading()
  const denied: string[] = []
  const take = (group: string): number => {
    const read = readGroup(reader, hierarchy, group)
    denied.push(...read.denied)
    reading.observations.push(...read.observations)
    return read.observations.length
  }

  if (folderOf(hierarchy, path) === null) {
    reading.unknown.push(
      `cgroup ${path} is outside of what ${hierarchy.mountPoint} shows here: mount the host's cgroup file system`,
    )
    return reading
  }
  const own = take(path)
  const uncounted = path === '/' ? null : whyUncounted(reader, hierarchy, path)
  if (uncounted !== null) reading.unknown.push(`${uncounted.what}; ${uncounted.todo}`)
  for (const above of cgroupAncestors(path)) take(above)
  if (own > 0) readNested(reader, hierarchy, path, take, reading)
  if (denied.length > 0) {
    const rest = denied.length > 1 ? ` and ${denied.length - 1} more` : ''
    reading.unknown.push(`${denied[0]}${rest} could not be read: it needs root`)
  }
  if (describeCgroupPath(path).path !== '/' && hierarchy.mountRoot !== '/') {
    reading.unknown.push(
      `the groups above ${hierarchy.mountRoot} are not visible from this container: their limits are unknown`,
    )
  }
  return reading
}

/** A group and those above it. */
export function readChain(reader: Reader, hierarchy: MemoryHierarchy, path: string): Reading {
  const reading = emptyReading()
  for (const group of [path, ...cgroupAncestors(path)]) {
    reading.observations.push(...readGroup(reader, hierarchy, group).observations)
  }
  return reading
}

function readNested(
  reader: Reader,
  hierarchy: MemoryHierarchy,
  path: string,
  take: (group: string) => unknown,
  reading: Reading,
): void {
  const queue = [path]
  let read = 0
  for (let group = queue.shift(); group !== undefined; group = queue.shift()) {
    const folder = folderOf(hierarchy, group)
    const listed = folder === null ? null : listFolder(reader, folder)
    if (listed === null || !listed.ok) continue
    for (const name of listed.folders) {
      if (read === MAX_NESTED) {
        reading.unknown.push(`only the first ${MAX_NESTED} groups below ${path} were read`)
        return
      }
      const child = group === '/' ? `/${name}` : `${group}/${name}`
      take(child)
      read++
      queue.push(child)
    }
  }
}
