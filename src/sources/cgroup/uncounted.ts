import { cgroupAncestors } from '../../evidence/cgroup-path.ts'
import { textOrNull } from '../reader.ts'
import type { Reader } from '../reader.ts'
import { folderOf } from './hierarchy.ts'
import type { MemoryHierarchy } from './hierarchy.ts'

/** Why a group that is there has no figures of memory, and what to do instead. */
export interface Uncounted {
  what: string
  todo: string
}

/**
 * cgroup v2 counts and limits memory only in groups that the one above hands the controller to, and never in the root group.
 *
 * @returns null where it is counted, or there is no such group
 * @see Documentation/admin-guide/cgroup-v2.rst, "Enabling and Disabling"
 */
export function whyUncounted(
  reader: Reader,
  hierarchy: MemoryHierarchy,
  path: string,
): Uncounted | null {
  const has = (group: string, file: string): boolean => {
    const folder = folderOf(hierarchy, group)
    return folder !== null && textOrNull(reader, `${folder}/${file}`) !== null
  }
  if (hierarchy.version === 1 || has(path, 'memory.current') || !has(path, 'cgroup.controllers')) {
    return null
  }
  if (path === '/') {
    return {
      what: 'the kernel keeps no account of the root group',
      todo: 'name a group below it',
    }
  }
  const above = cgroupAncestors(path).find((group) => has(group, 'memory.current'))
  return {
    what: `the memory controller is not switched on for the group ${path}: its memory is neither counted nor limited there`,
    todo:
      above === undefined
        ? 'write +memory to cgroup.subtree_control of the groups above it'
        : `name ${above}, in which it counts`,
  }
}
