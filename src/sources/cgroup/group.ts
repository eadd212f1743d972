import type { Observation } from '../../model/evidence.ts'
import type { CgroupState } from '../../model/facts.ts'
import { cgroupFolder } from '../../parsers/cgroup/index.ts'
import { readText } from '../reader.ts'
import type { Reader } from '../reader.ts'
import { V1_FILES, V2_FILES } from './files.ts'
import { folderOf } from './hierarchy.ts'
import type { MemoryHierarchy } from './hierarchy.ts'

export interface GroupRead {
  /** Empty where there is no group at the path, or none of its files says anything (the root of v2). */
  observations: Observation[]
  /** Files that may not be read. */
  denied: readonly string[]
}

/** Reads the memory controller's files of one group. */
export function readGroup(reader: Reader, hierarchy: MemoryHierarchy, path: string): GroupRead {
  const folder = folderOf(hierarchy, path)
  if (folder === null) return { observations: [], denied: [] }
  const files = new Map<string, string>()
  const denied: string[] = []
  for (const name of hierarchy.version === 1 ? V1_FILES : V2_FILES) {
    const read = readText(reader, `${folder}/${name}`)
    if (read.ok) files.set(name, read.text)
    else if (read.problem.kind === 'denied') denied.push(`${folder}/${name}`)
  }
  if (files.size === 0) return { observations: [], denied }
  const origin = { from: folder, readAt: reader.now(), source: null }
  const parsed = cgroupFolder.parseFolder(files, folder, origin)
  // A folder's name does not tell where the hierarchy is mounted; we know it.
  const observations = parsed.map((observation) =>
    observation.fact.kind === 'cgroup-state'
      ? { ...observation, fact: { ...observation.fact, path } }
      : observation,
  )
  return { observations, denied }
}

/** The present state of a group; null where there is none. */
export function groupState(
  reader: Reader,
  hierarchy: MemoryHierarchy,
  path: string,
): CgroupState | null {
  for (const { fact } of readGroup(reader, hierarchy, path).observations) {
    if (fact.kind === 'cgroup-state') return fact
  }
  return null
}
