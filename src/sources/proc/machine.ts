import { processFolder } from '../../parsers/proc/index.ts'
import { listFolder, readText } from '../reader.ts'
import type { Reader } from '../reader.ts'
import { emptyReading } from '../reading.ts'
import type { Reading } from '../reading.ts'

/** More than any machine runs that is not lost anyway; half a second of work. */
const MAX_PROCESSES = 20_000

/** What tells size, score, parent and group of a process, without a lock that could make us wait. */
const FILES = ['stat', 'status', 'cgroup', 'oom_score_adj'] as const

/**
 * Reads every process of the machine as it shows in our PID namespace, threads of the kernel too.
 *
 * @param except PIDs to leave out, such as our own
 */
export function readAllProcesses(reader: Reader, except: readonly number[] = []): Reading {
  const reading = emptyReading()
  const listed = listFolder(reader, '/proc')
  if (!listed.ok) {
    reading.unknown.push(`/proc could not be read: ${listed.problem.code}`)
    return reading
  }
  const pids = listed.folders.filter(
    (name) => /^[1-9]\d{0,6}$/.test(name) && !except.includes(Number(name)),
  )
  for (const pid of pids.slice(0, MAX_PROCESSES)) {
    const folder = `/proc/${pid}`
    const files = new Map<string, string>()
    for (const name of FILES) {
      const read = readText(reader, `${folder}/${name}`)
      if (read.ok) files.set(name, read.text)
    }
    const origin = { from: folder, readAt: reader.now(), source: null }
    reading.observations.push(...processFolder.parseFolder(files, folder, origin))
  }
  if (pids.length > MAX_PROCESSES) {
    reading.unknown.push(`only the first ${MAX_PROCESSES} processes of the machine were read`)
  }
  return reading
}
