import { withoutEnd } from '../../model/without-end.ts'
/** Where the memory hierarchy is mounted: today's place, in any root, … */
const IN_ANY_ROOT = /^(?:.*\/)?sys\/fs\/cgroup(?:\/(?:memory|unified))?(?=\/|$)/
/** … and the places of old distributions and of test machines, which are only trusted as a root of their own. */
const AT_THE_ROOT = /^\/(?:dev\/)?(?:cgroup2?|cg)(?:\/(?:memory|unified))?(?=\/|$)/

/**
 * The path of a group inside the memory hierarchy, as the kernel log writes it, from the path of its folder.
 * Null where the folder says nothing about it.
 *
 * @example groupPath('/sys/fs/cgroup/memory/docker/1a97') // '/docker/1a97'
 * @example groupPath('evidence/cg') // null
 */
export function groupPath(folder: string): string | null {
  const mount = IN_ANY_ROOT.exec(folder) ?? AT_THE_ROOT.exec(folder)
  if (mount === null) return null
  const path = withoutEnd(folder.slice(mount[0].length), '/')
  return path === '' ? '/' : path
}

/** A PATH file: one line, where the group stood. With or without the mount point before it. */
export function pathFromNote(text: string | undefined): string | null {
  const line = text?.trim() ?? ''
  if (!line.startsWith('/') || line.includes('\n') || line.length > 4096) return null
  return groupPath(line) ?? withoutEnd(line, '/')
}
