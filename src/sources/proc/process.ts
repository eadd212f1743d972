import { readlinkSync } from 'node:fs'
import { join } from 'node:path'
import { KIB } from '../../model/bytes.ts'
import type { Observation } from '../../model/evidence.ts'
import type { ProcessState } from '../../model/facts.ts'
import { processFolder } from '../../parsers/proc/index.ts'
import { listFolder, readText } from '../reader.ts'
import type { Reader, ReadProblem } from '../reader.ts'

/** Files that the kernel writes without the lock of the process's address space. */
const SAFE_FILES = [
  'stat',
  'status',
  'statm',
  'cgroup',
  'oom_score',
  'oom_score_adj',
  'stack',
] as const

/**
 * Files behind mmap_lock. Where a thread holds it and sleeps in the kernel, as at a limit with the OOM killer turned off,
 * a reader sleeps with it for ever, and so would we.
 */
const LOCKED_FILES = ['cmdline', 'smaps_rollup'] as const

export type ProcessRead =
  | { ok: true; observation: Observation<ProcessState>; denied: string[] }
  | { ok: false; problem: ReadProblem }

export interface ProcessOptions {
  /**
   * smaps_rollup is read of a process that has no more resident memory than this: the kernel walks all page tables for it,
   * up to 40 ms for each GiB.
   */
  rollupMaxRssBytes: number
}

/** Reads one process. Kernel stacks need root, smaps_rollup the right to trace it; without them the rest is told. */
export function readProcess(reader: Reader, pid: number, options: ProcessOptions): ProcessRead {
  const folder = `/proc/${pid}`
  const files = new Map<string, string>()
  const denied: string[] = []
  const take = (name: string): ReadProblem | null => {
    const read = readText(reader, `${folder}/${name}`)
    if (read.ok) {
      files.set(name, read.text)
      return null
    }
    if (read.problem.kind === 'denied') denied.push(name)
    return read.problem
  }

  const gone = take('stat')
  if (gone !== null) return { ok: false, problem: gone }
  for (const name of SAFE_FILES) if (name !== 'stat') take(name)
  const executable = linkOrNull(reader, `${folder}/exe`)
  if (executable !== null) files.set('exe', executable)
  if (!hasBlockedThread(reader, pid)) {
    for (const name of LOCKED_FILES) {
      if (name !== 'smaps_rollup' || rssBytes(files.get('status')) <= options.rollupMaxRssBytes)
        take(name)
    }
  }
  const origin = { from: folder, readAt: reader.now(), source: null }
  for (const observation of processFolder.parseFolder(files, folder, origin)) {
    const { fact } = observation
    if (fact.kind === 'process-state')
      return { ok: true, denied, observation: { ...observation, fact } }
  }
  return { ok: false, problem: { kind: 'missing', code: 'ESRCH' } }
}

/** Where a link leads; null for a kernel thread, and without the right to trace the process. */
function linkOrNull(reader: Reader, path: string): string | null {
  try {
    return readlinkSync(join(reader.root, path))
  } catch {
    return null
  }
}

/** True where a thread sleeps uninterruptibly (state D), and reading its memory map might never come back. */
export function hasBlockedThread(reader: Reader, pid: number): boolean {
  const threads = listFolder(reader, `/proc/${pid}/task`)
  if (!threads.ok) return false
  return threads.folders.slice(0, 1024).some((thread) => {
    const stat = readText(reader, `/proc/${pid}/task/${thread}/stat`)
    return stat.ok && /\) D /.test(stat.text)
  })
}

function rssBytes(status: string | undefined): number {
  const kib = /^VmRSS:\s+(\d+) kB$/m.exec(status ?? '')?.[1]
  return kib === undefined ? Infinity : Number(kib) * KIB
}
