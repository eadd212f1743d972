/** A group and those who live in it, as a lab sees them. */
import { groupState } from '../../sources/cgroup/group.ts'
import type { CgroupState } from '../../model/facts.ts'
import type { MemoryHierarchy } from '../../sources/cgroup/hierarchy.ts'
import { readHostNow } from '../../sources/host/live.ts'
import { readProcess } from '../../sources/proc/process.ts'
import { readTmpfs } from '../../sources/proc/tmpfs.ts'
import type { Reader } from '../../sources/reader.ts'
import type { ProcessSeen, Progress, Seen } from '../view.ts'

type GroupSeen = Pick<
  Seen,
  | 'processes'
  | 'limitBytes'
  | 'isUnlimited'
  | 'reservationBytes'
  | 'usageBytes'
  | 'peakBytes'
  | 'anonBytes'
  | 'fileBytes'
  | 'shmemBytes'
  | 'unwrittenBytes'
  | 'kills'
  | 'swapBytes'
  | 'usableSwapBytes'
  | 'isOomKillOff'
  | 'isUnderOom'
>

/** Null: there is no such group. */
export function seeGroup(
  reader: Reader,
  hierarchy: MemoryHierarchy,
  path: string,
): GroupSeen | null {
  const state = groupState(reader, hierarchy, path)
  if (state === null) return null
  const { stat } = state
  const swapBytes = swapIn(state)
  const either = (v2: string, v1: string): number | null => stat.get(v2) ?? stat.get(v1) ?? null
  return {
    processes: (state.pids ?? []).flatMap((pid) => seeProcess(reader, pid) ?? []),
    limitBytes: state.limitBytes,
    isUnlimited: state.unlimited,
    reservationBytes: state.lowBytes ?? state.softLimitBytes,
    usageBytes: state.usageBytes,
    peakBytes: state.peakBytes,
    anonBytes: either('anon', 'total_rss'),
    fileBytes: either('file', 'total_cache'),
    shmemBytes: either('shmem', 'total_shmem'),
    unwrittenBytes: sum(
      either('file_dirty', 'total_dirty'),
      either('file_writeback', 'total_writeback'),
    ),
    kills: state.events?.oomKill ?? state.oomControl?.oomKill ?? null,
    swapBytes,
    usableSwapBytes: least(swapBytes, readHostNow(reader).swapTotalBytes),
    isOomKillOff: state.oomControl?.killDisable ?? false,
    isUnderOom: state.oomControl?.underOom ?? false,
  }
}

function sum(dirty: number | null, writeback: number | null): number | null {
  return dirty === null || writeback === null ? null : dirty + writeback
}

/** The limit of v1 is one of memory and swap together. */
function swapIn({ version, swapLimitBytes, limitBytes }: CgroupState): number | null {
  if (swapLimitBytes === null || version === 2) return swapLimitBytes
  return swapLimitBytes - (limitBytes ?? 0)
}

function least(allowed: number | null, there: number | null): number | null {
  return allowed === null || there === null ? there : Math.min(allowed, there)
}

export function seeProcess(reader: Reader, pid: number): ProcessSeen | null {
  const read = readProcess(reader, pid, { rollupMaxRssBytes: 0 })
  if (!read.ok) return null
  const { fact } = read.observation
  if (fact.state === 'Z' || fact.startTicks === null) return null
  return {
    pid,
    startTicks: fact.startTicks,
    name: fact.name ?? '',
    argv: fact.command,
    anonBytes: fact.anonRssBytes ?? 0,
    oomScoreAdj: fact.oomScoreAdj ?? 0,
    isStopped: fact.state?.toUpperCase() === 'T',
  }
}

/** The largest size of the tmpfs that a process sees at a place. Bytes; null: none, or not known. */
export function capAt(reader: Reader, pid: number, mountPoint: string): number | null {
  const { mounts } = readTmpfs(reader, pid)
  return mounts.find((mount) => mount.mountPoint === mountPoint)?.capBytes ?? null
}

/** The last that the program said of itself. */
export function progressIn(output: string): Progress {
  const last = [...output.matchAll(/^(?:batch|beat (\d+):) (\d+) of (\d+)$/gm)].at(-1)
  const [, beats = 0, done = 0, of = 0] = last ?? []
  return { done: Number(done), of: Number(of) === 0 ? null : Number(of), beats: Number(beats) }
}
