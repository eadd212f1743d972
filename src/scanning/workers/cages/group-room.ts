/** A memory group for each worker, with the limit of its pool. */
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
import type { MemoryHierarchy } from '../../../sources/cgroup/hierarchy.ts'
import type { CageRoom } from './cage.ts'
import { GROUP_FILES, killsIn, workingSetIn } from './group-files.ts'

const PREFIX = 'stella-scanner-'
/** It joins before it becomes the worker, so that every page is charged. */
const JOIN = 'echo "$$" > "$0" && exec "$@"'

/** Numbers of processes are told apart by their namespace: several may have groups in one folder. */
function roomName(): string {
  const namespace = /\d+/.exec(readlinkSync('/proc/self/ns/pid'))?.[0] ?? '0'
  return `${PREFIX}${namespace}-${process.pid}`
}

/**
 * @param parent as the kernel names it
 * @param folder of the parent
 * @throws Error of the system, where no groups may be made there
 */
export function openGroupRoom(
  hierarchy: MemoryHierarchy,
  parent: string,
  folder: string,
): CageRoom {
  tidy(folder)
  const room = join(folder, roomName())
  openBelow(hierarchy, folder)
  mkdirSync(room, { recursive: true })
  openBelow(hierarchy, room)
  return roomIn(hierarchy, room, parent)
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

function roomIn(hierarchy: MemoryHierarchy, room: string, parent: string): CageRoom {
  const { version } = hierarchy
  const files = GROUP_FILES[version]
  const below = parent === '/' ? '' : parent
  return {
    says: null,
    make(name, limitBytes) {
      const folder = join(room, name)
      mkdirSync(room, { recursive: true })
      openBelow(hierarchy, room)
      mkdirSync(folder)
      setLimit(folder, version, limitBytes)
      return {
        enforcedBy: `cgroup v${version}`,
        path: `${below}/${basename(room)}/${name}`,
        limitBytes,
        around: (argv) => ['/bin/sh', '-c', JOIN, join(folder, 'cgroup.procs'), ...argv],
        usageBytes: () => workingSetIn(folder, version),
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
  for (const file of GROUP_FILES[version].limits) {
    const path = join(folder, file)
    // Without swap accounting there is no such file.
    if (existsSync(path)) writeFileSync(path, wanted)
  }
  const swap = join(folder, 'memory.swap.max')
  if (version === 2 && existsSync(swap)) writeFileSync(swap, '0')
  const path = join(folder, GROUP_FILES[version].limits[0])
  const holds = readFileSync(path, 'utf8').trim()
  if (holds === wanted) return
  removeGroup(folder)
  throw new Error(`${path} holds ${holds} instead of ${wanted} (${dirname(path)})`)
}
