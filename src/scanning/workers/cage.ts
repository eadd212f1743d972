/** A memory group around a worker, with a limit that is really in force. */
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmdirSync,
  writeFileSync,
} from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { cgroupAncestors } from '../../evidence/cgroup-path.ts'
import { errorCode } from '../../model/error-code.ts'
import { cgroupOfProcess } from '../../sources/cgroup/locate.ts'
import { findMemoryHierarchy, folderOf } from '../../sources/cgroup/hierarchy.ts'
import type { MemoryHierarchy } from '../../sources/cgroup/hierarchy.ts'
import type { Reader } from '../../sources/reader.ts'

export interface Cage {
  /** `cgroup v2`. */
  enforcedBy: string
  /** As the kernel names it. */
  path: string
  /** Where a process writes its number to join. */
  procs: string
  usageBytes(): number | null
  peakBytes(): number | null
  /** How often the kernel killed in it. */
  kills(): number
  /** Once nobody lives in it. */
  remove(): void
}

/** Makes cages below one group; or says why there can be none. */
export type CageRoom =
  | { ok: true; enforcedBy: string; make(name: string, limitBytes: number): Cage; close(): void }
  | { ok: false; says: string }

const PREFIX = 'stella-scanner-'

/** Numbers of processes are told apart by their namespace: several may have groups in one folder. */
function roomName(): string {
  const namespace = /\d+/.exec(readlinkSync('/proc/self/ns/pid'))?.[0] ?? '0'
  return `${PREFIX}${namespace}-${process.pid}`
}

/** Finds a place for cages: within the own group where the kernel allows it, else beside it. */
export function openCageRoom(reader: Reader): CageRoom {
  const hierarchy = findMemoryHierarchy(reader)
  if (hierarchy === null) return { ok: false, says: 'no cgroup file system is mounted here' }
  const own = cgroupOfProcess(reader, hierarchy, process.pid)
  if (own === null) return { ok: false, says: 'the own memory group is not visible here' }
  let says = 'no memory group may be made here'
  for (const parent of parentsFor(hierarchy, own)) {
    const folder = folderOf(hierarchy, parent)
    if (folder === null) continue
    try {
      tidy(folder)
      const room = join(folder, roomName())
      openBelow(hierarchy, folder)
      mkdirSync(room, { recursive: true })
      openBelow(hierarchy, room)
      return roomIn(hierarchy, room, parent)
    } catch (error) {
      says = `no memory group may be made in ${folder} (${errorCode(error)})`
    }
  }
  return { ok: false, says }
}

/** cgroup v2 lets a group have processes or limited groups below it, but not both: ours goes beside. */
function parentsFor({ version }: MemoryHierarchy, own: string): readonly string[] {
  const above = cgroupAncestors(own)
  return version === 1 || own === '/' ? [own, ...above] : above
}

/** Groups below may have limits of memory. cgroup-v2.rst, "Controlling Controllers" */
function openBelow({ version }: MemoryHierarchy, folder: string): void {
  if (version === 1) return
  const file = join(folder, 'cgroup.subtree_control')
  if (!readFileSync(file, 'utf8').split(/\s/).includes('memory')) writeFileSync(file, '+memory')
}

/** What others left that were killed: only what is empty goes, and whoever lives makes it again. */
function tidy(folder: string): void {
  for (const name of readdirSync(folder)) {
    if (!name.startsWith(PREFIX)) continue
    const room = join(folder, name)
    for (const entry of readdirSync(room, { withFileTypes: true })) {
      if (entry.isDirectory()) removeGroup(join(room, entry.name))
    }
    removeGroup(room)
  }
}

function removeGroup(folder: string): void {
  try {
    rmdirSync(folder)
  } catch {
    // Somebody lives in it, or it is gone.
  }
}

const FILES = {
  1: {
    limits: ['memory.limit_in_bytes', 'memory.memsw.limit_in_bytes'],
    usage: 'memory.usage_in_bytes',
    peak: 'memory.max_usage_in_bytes',
    events: 'memory.oom_control',
  },
  2: {
    limits: ['memory.max'],
    usage: 'memory.current',
    // Since Linux 5.19.
    peak: 'memory.peak',
    events: 'memory.events',
  },
} as const

function roomIn(hierarchy: MemoryHierarchy, room: string, parent: string): CageRoom {
  const { version } = hierarchy
  const files = FILES[version]
  const enforcedBy = `cgroup v${version}`
  const below = parent === '/' ? '' : parent
  return {
    ok: true,
    enforcedBy,
    make(name, limitBytes) {
      const folder = join(room, name)
      mkdirSync(room, { recursive: true })
      openBelow(hierarchy, room)
      mkdirSync(folder)
      setLimit(folder, version, limitBytes)
      return {
        enforcedBy,
        path: `${below}/${basename(room)}/${name}`,
        procs: join(folder, 'cgroup.procs'),
        usageBytes: () => numberIn(join(folder, files.usage)),
        peakBytes: () => numberIn(join(folder, files.peak)),
        kills: () => killsIn(join(folder, files.events)),
        remove: () => removeGroup(folder),
      }
    },
    close: () => removeGroup(room),
  }
}

/** A limit that does not read back would limit nothing. */
function setLimit(folder: string, version: 1 | 2, limitBytes: number): void {
  const wanted = String(Math.floor(limitBytes / 4096) * 4096)
  for (const file of FILES[version].limits) {
    const path = join(folder, file)
    // Without swap accounting there is no such file.
    if (existsSync(path)) writeFileSync(path, wanted)
  }
  const swap = join(folder, 'memory.swap.max')
  if (version === 2 && existsSync(swap)) writeFileSync(swap, '0')
  const path = join(folder, FILES[version].limits[0])
  const holds = readFileSync(path, 'utf8').trim()
  if (holds === wanted) return
  removeGroup(folder)
  throw new Error(`${path} holds ${holds} instead of ${wanted} (${dirname(path)})`)
}

function numberIn(path: string): number | null {
  try {
    const value = Number(readFileSync(path, 'utf8').trim())
    return Number.isFinite(value) ? value : null
  } catch {
    return null
  }
}

function killsIn(path: string): number {
  try {
    return Number(/^oom_kill (\d+)/m.exec(readFileSync(path, 'utf8'))?.[1] ?? 0)
  } catch {
    return 0
  }
}
