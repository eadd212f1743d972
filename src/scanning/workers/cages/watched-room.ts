/** Workers without a limit of their own: what they have resident is watched. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { MIB } from '../../../model/bytes.ts'
import type { Cage, CageRoom } from './cage.ts'
import { GROUP_FILES, killsIn, numberIn } from './group-files.ts'

/** What whoever starts the workers needs beside them. */
const HOST_BYTES = 192 * MIB
/** Of its size, rather the worker than whoever started it, and rather somebody who has far more than the worker. */
const PREFER_AS_VICTIM = 'echo 500 > /proc/self/oom_score_adj; exec "$@"'

const watched: Omit<Cage, 'limitBytes'> = {
  enforcedBy: null,
  path: null,
  around: (argv) => argv,
  usageBytes: residentBytes,
  kills: () => 0,
  remove: () => undefined,
}

/** @param says why it cannot be better */
export function openWatchedRoom(says: string): CageRoom {
  return {
    says,
    make: (_name, limitBytes) => ({ ...watched, limitBytes }),
    close: () => undefined,
  }
}

/** The group that we live in with our workers, as in a container: its limit is that of all together. */
export interface SharedGroup {
  version: 1 | 2
  path: string
  folder: string
  limitBytes: number
}

/** A worker that the kernel kills there is known by the counter of the group. */
export function openSharedRoom(group: SharedGroup, says: string): CageRoom {
  const events = join(group.folder, GROUP_FILES[group.version].events)
  return {
    says,
    make(_name, limitBytes) {
      const before = killsIn(events)
      return {
        ...watched,
        path: group.path,
        limitBytes: Math.min(limitBytes, leftBeside(group.limitBytes)),
        around: (argv) => ['/bin/sh', '-c', PREFER_AS_VICTIM, 'sh', ...argv],
        kills: () => killsIn(events) - before,
      }
    },
    close: () => undefined,
  }
}

/** The limit of a group; null: it has none. */
export function limitOf(folder: string, version: 1 | 2): number | null {
  const bytes = numberIn(join(folder, GROUP_FILES[version].limits[0]))
  // cgroup v1 says "none" as the largest number of pages.
  return bytes === null || bytes > Number.MAX_SAFE_INTEGER ? null : bytes
}

function leftBeside(limitBytes: number): number {
  return Math.max(limitBytes / 2, limitBytes - HOST_BYTES)
}

function residentBytes(pid: number): number | null {
  try {
    const kib = /^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]
    return kib === undefined ? null : Number(kib) * 1024
  } catch {
    return null
  }
}
