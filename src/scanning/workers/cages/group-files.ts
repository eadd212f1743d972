/** The files of a memory group that a cage is made of, of each version. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'

export const GROUP_FILES = {
  1: {
    limits: ['memory.limit_in_bytes', 'memory.memsw.limit_in_bytes'],
    usage: 'memory.usage_in_bytes',
    // Of the group and those below it.
    inactive: 'total_inactive_file',
    events: 'memory.oom_control',
  },
  2: {
    limits: ['memory.max'],
    usage: 'memory.current',
    inactive: 'inactive_file',
    events: 'memory.events',
  },
} as const

/** Null: it is gone, or says no number (`max`). */
export function numberIn(path: string): number | null {
  try {
    const value = Number(readFileSync(path, 'utf8').trim())
    return Number.isFinite(value) ? value : null
  } catch {
    return null
  }
}

/** What is in use: the charge without page cache that can be dropped at once, which is no danger. Null: it is gone. */
export function workingSetIn(folder: string, version: 1 | 2): number | null {
  const files = GROUP_FILES[version]
  const charge = numberIn(join(folder, files.usage))
  const inactive = statIn(folder, files.inactive)
  return charge === null || inactive === null ? null : Math.max(0, charge - inactive)
}

function statIn(folder: string, key: string): number | null {
  try {
    const text = readFileSync(join(folder, 'memory.stat'), 'utf8')
    const [, digits] = new RegExp(`^${key} (\\d+)$`, 'm').exec(text) ?? []
    return digits === undefined ? null : Number(digits)
  } catch {
    return null
  }
}

export function killsIn(path: string): number {
  try {
    return Number(/^oom_kill (\d+)/m.exec(readFileSync(path, 'utf8'))?.[1] ?? 0)
  } catch {
    return 0
  }
}
