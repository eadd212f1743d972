/** Wakes up when a group's events change: cgroup v2 tells whoever watches the file (cgroup_file_notify in kernel/cgroup/cgroup.c). */
import { watch } from 'node:fs'
import type { FSWatcher } from 'node:fs'
import { join } from 'node:path'

export interface EventFiles {
  /** Watches these folders of groups, and no others any more. */
  follow(folders: readonly string[]): void
  close(): void
}

/** A group that is held at its limit changes its events all the time. */
const LEAST_PAUSE_MS = 250
/** The kernel keeps about a kilobyte for each. */
const MAX_WATCHED = 4_000

/** @param onChange called at most four times a second */
export function createEventFiles(onChange: () => void): EventFiles {
  const watched = new Map<string, FSWatcher>()
  let timer: NodeJS.Timeout | null = null
  let told = Number.NEGATIVE_INFINITY

  function change(): void {
    if (timer !== null) return
    const wait = Math.max(0, told + LEAST_PAUSE_MS - performance.now())
    timer = setTimeout(() => {
      timer = null
      told = performance.now()
      onChange()
    }, wait)
  }

  function open(folder: string): void {
    try {
      const watcher = watch(join(folder, 'memory.events'), change)
      // The group is gone, or there are too many watches: the rounds go on without.
      watcher.on('error', () => forget(folder))
      watched.set(folder, watcher)
    } catch {
      // As above.
    }
  }

  function forget(folder: string): void {
    watched.get(folder)?.close()
    watched.delete(folder)
  }

  return {
    follow(folders) {
      const wanted = new Set(folders.slice(0, MAX_WATCHED))
      for (const folder of watched.keys()) if (!wanted.has(folder)) forget(folder)
      for (const folder of wanted) if (!watched.has(folder)) open(folder)
    },
    close() {
      if (timer !== null) clearTimeout(timer)
      for (const folder of watched.keys()) forget(folder)
    },
  }
}
