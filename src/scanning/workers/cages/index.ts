/** The place of this host for its workers: a group for each where the kernel allows it, else what comes nearest. */
import { cgroupAncestors } from '../../../evidence/cgroup-path.ts'
import { errorCode } from '../../../model/error-code.ts'
import { errorMessage } from '../../../model/error-message.ts'
import { cgroupOfProcess } from '../../../sources/cgroup/locate.ts'
import { findMemoryHierarchy, folderOf } from '../../../sources/cgroup/hierarchy.ts'
import type { MemoryHierarchy } from '../../../sources/cgroup/hierarchy.ts'
import type { Reader } from '../../../sources/reader.ts'
import type { CageRoom } from './cage.ts'
import { openGroupRoom } from './group-room.ts'
import { moveIntoLeaf } from './own-leaf.ts'
import { limitOf, openSharedRoom, openWatchedRoom } from './watched-room.ts'

export function openCageRoom(reader: Reader): CageRoom {
  const hierarchy = findMemoryHierarchy(reader)
  if (hierarchy === null) return openWatchedRoom('no cgroup file system is mounted here')
  const own = cgroupOfProcess(reader, hierarchy, process.pid)
  const folder = own === null ? null : folderOf(hierarchy, own)
  if (own === null || folder === null) {
    return openWatchedRoom('the own memory group is not visible here')
  }
  const found = openGroups(hierarchy, own, folder)
  if (typeof found !== 'string') return found
  const limit = limitOf(folder, hierarchy.version)
  if (limit === null) return openWatchedRoom(found)
  return openSharedRoom(
    { version: hierarchy.version, path: own, folder, limitBytes: limit },
    `${found}; all share the limit of ${own}`,
  )
}

/** Or why there can be none. */
function openGroups(hierarchy: MemoryHierarchy, own: string, ownFolder: string): CageRoom | string {
  let says = 'no memory group may be made here'
  for (const parent of parentsFor(hierarchy, own)) {
    const folder = folderOf(hierarchy, parent)
    if (folder === null) continue
    try {
      return openGroupRoom(hierarchy, parent, folder)
    } catch (error) {
      says = `no memory group may be made in ${folder} (${errorCode(error)})`
    }
  }
  if (hierarchy.version === 1) return says
  try {
    moveIntoLeaf(ownFolder)
    return openGroupRoom(hierarchy, own, ownFolder)
  } catch (error) {
    const why = errorMessage(error)
    return `${says}, and ${ownFolder} is not ours alone (${why})`
  }
}

/** cgroup v2 lets a group have processes or limited groups below it, but not both: ours goes beside. */
function parentsFor({ version }: MemoryHierarchy, own: string): readonly string[] {
  const above = cgroupAncestors(own)
  return version === 1 || own === '/' ? [own, ...above] : above
}
