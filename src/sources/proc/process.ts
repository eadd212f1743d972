import { readlinkSync } from 'node:fs'
import { join } from 'node:path'
import { KIB } from '../../model/bytes.ts'
import type { Observation } from '../../model/evidence.ts'
import type { ProcessState } from '../../model/facts.ts'
import { processFolder } from '../../parsers/proc/index.ts'
import { readText, SMALL_FILE_BYTES } from '../reader.ts'
import type { Reader, ReadProblem, TextRead } from '../reader.ts'
import { PATIENCE_MS, readLocked } from './locked.ts'

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

/** Files behind mmap_lock, see {@link readLocked}. */
const LOCKED_FILES = ['cmdline', 'smaps_rollup'] as const

export type ProcessRead =
  | {
      ok: true
      observation: Observation<ProcessState>
      denied: string[]
      /** It sleeps in the kernel with its memory locked: neither its arguments nor its shares are known. */
      hangs: boolean
    }
  | { ok: false; problem: ReadProblem }

export interface ProcessOptions {
  /**
   * smaps_rollup is read of a process that has no more resident memory than this: the kernel walks all page tables for it,
   * up to 40 ms for each GiB.
   */
  rollupMaxRssBytes: number
  /** How long it is waited for where it sleeps in the kernel; {@link PATIENCE_MS} unless told. */
  patienceMs?: number
}

/** Reads one process. Kernel stacks need root, smaps_rollup the right to trace it; without them the rest is told. */
export function readProcess(reader: Reader, pid: number, options: ProcessOptions): ProcessRead {
  const folder = `/proc/${pid}`
  const files = new Map<string, string>()
  const denied: string[] = []
  const take = (
    name: string,
    read: TextRead = readText(reader, `${folder}/${name}`),
  ): ReadProblem | null => {
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
  const { patienceMs = PATIENCE_MS } = options
  let hangs = false
  for (const name of LOCKED_FILES) {
    if (name === 'smaps_rollup' && rssBytes(files.get('status')) > options.rollupMaxRssBytes)
      continue
    const problem = take(
      name,
      readLocked(reader, pid, name, {
        maxBytes: SMALL_FILE_BYTES,
        patienceMs: hangs ? 0 : patienceMs,
      }),
    )
    hangs ||= problem?.code === 'ETIMEDOUT'
  }
  const origin = { from: folder, readAt: reader.now(), source: null }
  for (const observation of processFolder.parseFolder(files, folder, origin)) {
    const { fact } = observation
    if (fact.kind === 'process-state')
      return { ok: true, denied, hangs, observation: { ...observation, fact } }
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

function rssBytes(status: string | undefined): number {
  const kib = /^VmRSS:\s+(\d+) kB$/m.exec(status ?? '')?.[1]
  return kib === undefined ? Infinity : Number(kib) * KIB
}
