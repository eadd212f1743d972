import { cgroupAncestors, cgroupRelation } from '../../evidence/cgroup-path.ts'

/** A group is `group` itself or lies below it. */
export function isInside(path: string | null, group: string): boolean {
  return path !== null && ['same', 'ancestor'].includes(cgroupRelation(group, path))
}

/** A group and those above it, nearest first. */
export function upwards(path: string): string[] {
  return [path, ...cgroupAncestors(path)]
}
