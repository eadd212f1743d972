import { folderOf } from '../cgroup/hierarchy.ts'
import type { MemoryHierarchy } from '../cgroup/hierarchy.ts'
import { listFolder, textOrNull } from '../reader.ts'
import type { Reader } from '../reader.ts'
import { emptyReading } from '../reading.ts'
import type { Reading } from '../reading.ts'
import { PATIENCE_MS } from './locked.ts'
import { readProcess } from './process.ts'

export { readLocked, PATIENCE_MS } from './locked.ts'
export { readProcess } from './process.ts'

/** Processes of one subject that are read at most, and groups below it that are looked into. */
const MAX_PROCESSES = 512
const MAX_GROUPS = 256
/** Processes that hang are waited for so often. */
const MAX_WAITS = 4

/** Reads the processes that live in a group and in the groups below it. */
export function readProcessesOf(
  reader: Reader,
  hierarchy: MemoryHierarchy,
  path: string,
  /** For all processes together, see {@link readProcess}. */
  options: { rollupMaxRssBytes: number },
): Reading {
  const reading = emptyReading()
  const { pids, more } = pidsOf(reader, hierarchy, path)
  const denied = new Set<string>()
  let { rollupMaxRssBytes } = options
  let skipped = 0
  let hanging = 0
  for (const pid of pids) {
    const patienceMs = hanging < MAX_WAITS ? PATIENCE_MS : 0
    const read = readProcess(reader, pid, { rollupMaxRssBytes, patienceMs })
    if (!read.ok) continue
    if (read.hangs) hanging++
    const { pssBytes, rssBytes } = read.observation.fact
    if (pssBytes !== null) rollupMaxRssBytes -= rssBytes ?? 0
    else if ((rssBytes ?? 0) > rollupMaxRssBytes) skipped++
    reading.observations.push(read.observation)
    for (const name of read.denied) denied.add(name)
  }
  if (more) reading.unknown.push(`only the first ${MAX_PROCESSES} processes of ${path} were read`)
  if (hanging > 0) {
    reading.unknown.push(
      `the arguments and shares of ${hanging} processes that hang in the kernel could not be read`,
    )
  }
  if (skipped > 0) {
    reading.unknown.push(
      `shares of memory (smaps_rollup) of ${skipped} processes were not read: they are so large that it would hold them up`,
    )
  }
  reading.unknown.push(...deniedSentences(denied))
  return reading
}

/** PIDs as the reader's namespace counts them; a 0 stands for a process of a namespace that is not visible. */
export function pidsOf(
  reader: Reader,
  hierarchy: MemoryHierarchy,
  path: string,
): { pids: number[]; more: boolean } {
  const pids = new Set<number>()
  const queue = [path]
  for (let groups = 0; groups < MAX_GROUPS; groups++) {
    const group = queue.shift()
    if (group === undefined) break
    const folder = folderOf(hierarchy, group)
    if (folder === null) continue
    const listed = textOrNull(reader, `${folder}/cgroup.procs`) ?? ''
    for (const line of listed.split('\n')) {
      const pid = Number(line)
      if (!Number.isInteger(pid) || pid <= 0) continue
      if (pids.size === MAX_PROCESSES) return { pids: [...pids], more: true }
      pids.add(pid)
    }
    const below = listFolder(reader, folder)
    if (below.ok) {
      for (const name of below.folders) queue.push(group === '/' ? `/${name}` : `${group}/${name}`)
    }
  }
  return { pids: [...pids], more: queue.length > 0 }
}

/** What is missing without root: stacks need CAP_SYS_ADMIN, smaps_rollup PTRACE_MODE_READ on the process. */
export function deniedSentences(denied: ReadonlySet<string>): string[] {
  const sentences: string[] = []
  if (denied.has('stack')) {
    sentences.push('kernel stacks of processes could not be read: it needs CAP_SYS_ADMIN')
  }
  if (denied.has('smaps_rollup')) {
    sentences.push(
      'shares of memory (smaps_rollup) could not be read: it needs CAP_SYS_PTRACE or the same user',
    )
  }
  return sentences
}
