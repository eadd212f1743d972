import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { textOrNull } from '../reader.ts'
import type { Reader } from '../reader.ts'
import type { MemoryHierarchy } from './hierarchy.ts'
import { openFilePool } from './tree-files.ts'
import { groupFilesOf, unknownMemory } from './tree-group.ts'
import type { GroupFiles, GroupMemory } from './tree-group.ts'
import { processReader } from './tree-processes.ts'
import type { ProcessSizes } from './tree-processes.ts'
import { openTree } from './tree.ts'
import type { TreeGroup } from './tree.ts'

/** One group in one round. */
export interface GroupReading extends GroupMemory {
  path: string
  /** A group that was removed and made again has another one. */
  serial: number
  /** Where the group above stands in the round; -1: it is the first. */
  parent: number
  /** False: the memory controller is not switched on for it, and what it uses is charged to the group above. */
  hasMemory: boolean
  /** In the group itself. */
  processes: number | null
  sizes: ProcessSizes | null
  problems: readonly string[]
}

export interface TreeReading {
  /** Each after the one above it. */
  groups: readonly GroupReading[]
  capped: boolean
}

export interface TreeSampler {
  /** Reads every group once. Never throws. */
  round(): TreeReading
  /** Where a process lived in the last round or the one before; null: it was not seen. */
  groupOf(pid: number): string | null
  close(): void
}

export interface TreeSamplerOptions {
  maxGroups: number
  /** How long limits and the sizes of processes may be old; what else is told is read in each round. */
  slowSeconds: number
}

/** Files held open at most: the kernel keeps 4 KiB for each, which makes 8 MiB. */
const MAX_HELD = 2_048

/** Opens the sampler for all groups of a hierarchy that are visible here. */
export function openTreeSampler(
  reader: Reader,
  hierarchy: MemoryHierarchy,
  options: TreeSamplerOptions,
): TreeSampler {
  const pool = openFilePool(Math.min(MAX_HELD, Math.floor(openFilesAllowed(reader) / 2)))
  const tree = openTree(reader, hierarchy, options)
  const filesOf = groupFilesOf(pool, hierarchy.version)
  const processes = processReader(pool, join(reader.root, 'proc'), pageBytes(reader))
  let watched = new Map<TreeGroup, Watched>()
  let serial = 0
  let homes = new Map<number, string>()
  let homesBefore = new Map<number, string>()

  function round(): TreeReading {
    const now = reader.monotonicSeconds()
    const { groups, capped } = tree.refresh()
    const before = watched
    homesBefore = homes
    homes = new Map()
    watched = new Map()
    const places = new Map<TreeGroup, number>()
    const readings = groups.map((group, index) => {
      const known = before.get(group) ?? watch(group, index, now)
      watched.set(group, known)
      before.delete(group)
      places.set(group, index)
      const parent = group.parent === null ? -1 : (places.get(group.parent) ?? -1)
      return readGroup(known, parent, now)
    })
    for (const gone of before.values()) gone.files.close()
    return { groups: readings, capped }
  }

  function watch(group: TreeGroup, index: number, now: number): Watched {
    return {
      path: group.path,
      serial: ++serial,
      files: filesOf(group.folder),
      listPath: `${group.folder}/cgroup.procs`,
      memory: unknownMemory(),
      hasMemory: true,
      sizes: null,
      slowProblems: new Set(),
      // Due at once, and then spread over the time, so that no round has all the work.
      dueAt: now - ((index % SPREAD) / SPREAD) * options.slowSeconds,
    }
  }

  function readGroup(group: Watched, parent: number, now: number): GroupReading {
    const { files, memory, slowProblems } = group
    const slow = now >= group.dueAt
    if (slow) {
      group.dueAt = Math.max(group.dueAt + options.slowSeconds, now)
      slowProblems.clear()
      files.readRarely(memory, slowProblems)
    }
    const problems = new Set(slowProblems)
    if (slow || group.hasMemory) group.hasMemory = files.readOften(memory, problems)
    const count = processes.count(group.listPath)
    if (count === null && pool.problem !== null && pool.problem.kind !== 'missing') {
      problems.add(`cgroup.procs may not be read (${pool.problem.code})`)
    }
    if (slow && count !== null) group.sizes = processes.sizes(group.listPath)
    if (count === null || count === 0) group.sizes = null
    else for (const pid of processes.counted) homes.set(pid, group.path)
    return {
      ...memory,
      path: group.path,
      serial: group.serial,
      parent,
      hasMemory: group.hasMemory,
      processes: count,
      sizes: group.sizes,
      problems: problems.size === 0 ? NONE : [...problems],
    }
  }

  return {
    round,
    groupOf: (pid) => homes.get(pid) ?? homesBefore.get(pid) ?? null,
    close() {
      for (const group of watched.values()) group.files.close()
      watched = new Map()
    },
  }
}

interface Watched {
  readonly path: string
  readonly serial: number
  readonly files: GroupFiles
  readonly listPath: string
  readonly memory: GroupMemory
  readonly slowProblems: Set<string>
  hasMemory: boolean
  sizes: ProcessSizes | null
  /** When what changes rarely is read again, in monotonic seconds. */
  dueAt: number
}

const SPREAD = 8
const NONE: readonly string[] = []

/** The limit of this process itself; what is not known is taken for the smallest that systems have. */
function openFilesAllowed(reader: Reader): number {
  const limits = textOrNull(reader, '/proc/self/limits') ?? ''
  const soft = /^Max open files\s+(\d+|unlimited)/m.exec(limits)?.[1]
  return soft === 'unlimited' ? MAX_HELD * 2 : Number(soft ?? 256)
}

/** AT_PAGESZ, see getauxval(3). */
const PAGE_SIZE_KEY = 6n
const USUAL_PAGE_BYTES = 4_096

/** The kernel tells each program the size of a page in its auxiliary vector: pairs of 64-bit words. */
function pageBytes(reader: Reader): number {
  const vector = bytesOf(join(reader.root, 'proc/self/auxv'))
  for (let at = 0; at + 16 <= vector.length; at += 16) {
    if (vector.readBigUInt64LE(at) === PAGE_SIZE_KEY) return Number(vector.readBigUInt64LE(at + 8))
  }
  return USUAL_PAGE_BYTES
}

function bytesOf(path: string): Buffer {
  try {
    return readFileSync(path)
  } catch {
    return Buffer.alloc(0)
  }
}
