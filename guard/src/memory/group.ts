import { readFileSync } from 'node:fs'
import type { GroupFigures } from './group-figures.ts'
import { openLevel } from './group-level.ts'
import { groupPaths } from './group-paths.ts'
import { keptFile } from './kept-file.ts'
import type { KeptFile } from './kept-file.ts'

/** What was read of one of them. */
export interface ReadLevel {
  folder: string
  /** Null: there is no charge to be read, or, above its own, no limit to be held against. */
  seen: GroupFigures | null
}

/** The group of this process and those above it. */
export interface MemoryGroups {
  version: 1 | 2
  path: string
  /** Reads all of it, its own first. */
  read(): readonly ReadLevel[]
  /** Whether all that have a limit hold nearly what they did when all was read; false where none has one. */
  areAsRead(): boolean
  /** `memory.pressure` of its own group; null where the kernel has none. */
  pressure(): string | null
  close(): void
}

/**
 * Opens the groups of this process. Null: there are none, or they cannot be seen.
 *
 * @param root what stands for `/`
 */
export function openGroups(root = '/'): MemoryGroups | null {
  const base = root === '/' ? '' : root
  const paths = groupPaths(
    textOf(`${base}/proc/self/cgroup`),
    textOf(`${base}/proc/self/mountinfo`),
  )
  if (paths === null) return null
  const { version, path } = paths
  const opened: KeptFile[] = []
  const open = (file: string): KeptFile => {
    const kept = keptFile(file)
    opened.push(kept)
    return kept
  }
  const levels = paths.folders.flatMap((folder, at) => {
    const level = openLevel(version, `${base}${folder}`, at === 0, open)
    return level === null ? [] : [{ folder, level }]
  })
  const pressure = open(`${base}${paths.folders[0] ?? ''}/memory.pressure`)
  return {
    version,
    path,
    read: () => levels.map(({ folder, level }) => ({ folder, seen: level.read() })),
    areAsRead() {
      let isLimited = false
      for (const { level } of levels) {
        const isAsRead = level.isAsRead()
        if (isAsRead === false) return false
        isLimited ||= isAsRead === true
      }
      return isLimited
    },
    pressure: () => pressure.read(),
    close() {
      for (const file of opened) file.close()
    },
  }
}

function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return ''
  }
}
