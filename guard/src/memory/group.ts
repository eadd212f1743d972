import { readFileSync } from 'node:fs'
import { bytesOf, groupFigures, limitsOf } from './group-figures.ts'
import type { GroupFigures } from './group-figures.ts'
import { groupPaths } from './group-paths.ts'
import { keptFile } from './kept-file.ts'
import type { KeptFile } from './kept-file.ts'

/** One memory group on the way up from this process. */
export interface GroupLevel {
  folder: string
  /** Its charge alone, which is one short file. */
  usageBytes(): number | null
  /** Null: there is no charge to be read, or, above its own, no limit to be held against. */
  read(): GroupFigures | null
}

/** The group of this process and those above it. */
export interface MemoryGroups {
  version: 1 | 2
  path: string
  /** Its own first. */
  levels: readonly GroupLevel[]
  /** `memory.pressure` of its own group; null where the kernel has none. */
  pressure(): string | null
  close(): void
}

const FILES = {
  1: { usage: 'memory.usage_in_bytes', limit: 'memory.limit_in_bytes', high: null },
  2: { usage: 'memory.current', limit: 'memory.max', high: 'memory.high' },
} as const

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
  const names = FILES[version]
  const levels = paths.folders.flatMap((folder, at): GroupLevel[] => {
    const within = `${base}${folder}`
    const isOwn = at === 0
    const usage = open(`${within}/${names.usage}`)
    const limit = open(`${within}/${names.limit}`)
    const high = names.high === null ? null : open(`${within}/${names.high}`)
    const stat = open(`${within}/memory.stat`)
    // The root of cgroup v2 can have none.
    if (!isOwn && limit.read() === null) return []
    const read = (): GroupFigures | null => {
      const limits = { limit: limit.read(), high: high?.read() ?? null }
      // To read the statistics of a group sums up all below it: those of the root of cgroup v1 take a millisecond.
      if (!isOwn && limitsOf(limits).length === 0) return null
      return groupFigures(version, { ...limits, usage: usage.read(), stat: stat.read() })
    }
    return [{ folder, read, usageBytes: () => bytesOf(usage.read()) }]
  })
  const pressure = open(`${base}${paths.folders[0] ?? ''}/memory.pressure`)
  return {
    version,
    path,
    levels,
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
