/** The files of a memory group that a cage is made of, of each version. */
import { readFileSync } from 'node:fs'

export const GROUP_FILES = {
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

/** Null: it is gone, or says no number (`max`). */
export function numberIn(path: string): number | null {
  try {
    const value = Number(readFileSync(path, 'utf8').trim())
    return Number.isFinite(value) ? value : null
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
