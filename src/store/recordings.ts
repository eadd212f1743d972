/** What was recorded of subjects, in the data folder. */
import { existsSync, readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { formatBytes, MIB } from '../model/bytes.ts'
import type { Recording } from '../model/series.ts'
import type { Subject } from '../model/subject.ts'
import type { Instant } from '../model/time.ts'
import { createAssembly } from '../parsers/series/recording.ts'
import { livingOwner } from './lock.ts'
import { lockOf, recordingsFolder, segmentsIn, subjectFolder } from './recordings/places.ts'
import type { Segment } from './recordings/places.ts'
import { storeProblem } from './problems.ts'

/** Twice what a subject may take on disk: whoever put more there is not us. */
const MAX_READ_BYTES = 128 * MIB

/**
 * All that was recorded of a subject; null where nothing was.
 *
 * @param dataFolder see `dataFolder` in data-folder.ts
 * @throws StellaError (unreachable) where it may not be read
 */
export function readRecordings(dataFolder: string, subject: Subject): Recording | null {
  return readFolder(subjectFolder(dataFolder, subject))
}

/** One subject that was recorded. */
export interface RecordedSubject {
  subject: Subject
  from: Instant
  to: Instant
  samples: number
  bytes: number
  /** The process that records it now; null: none. */
  writerPid: number | null
}

/** Every subject of which something was recorded, by name. */
export function listRecordings(dataFolder: string): RecordedSubject[] {
  const root = recordingsFolder(dataFolder)
  if (!existsSync(root)) return []
  try {
    const folders = readdirSync(root, { withFileTypes: true }).filter((entry) =>
      entry.isDirectory(),
    )
    return folders
      .toSorted((a, b) => a.name.localeCompare(b.name))
      .flatMap(({ name }) => recordedIn(join(root, name)) ?? [])
  } catch (error) {
    throw storeProblem(error, root)
  }
}

function recordedIn(folder: string): RecordedSubject | null {
  const recording = readFolder(folder)
  const first = recording?.group.samples[0]
  const last = recording?.group.samples.at(-1)
  const subject = recording?.subject ?? null
  if (subject === null || first === undefined || last === undefined) return null
  return {
    subject,
    from: first.at,
    to: last.at,
    samples: recording?.group.samples.length ?? 0,
    bytes: segmentsIn(folder).reduce((sum, { bytes }) => sum + bytes, 0),
    writerPid: livingOwner(lockOf(folder), { tidy: false })?.pid ?? null,
  }
}

function readFolder(folder: string): Recording | null {
  const assembly = createAssembly()
  let unread = 0
  try {
    const segments = segmentsIn(folder)
    const newest = newestWithin(segments, MAX_READ_BYTES)
    unread = segments.length - newest.length
    for (const { path } of newest) assembly.addText(textOf(path))
  } catch (error) {
    throw storeProblem(error, folder)
  }
  const recording = assembly.finish()
  if (recording === null || unread === 0) return recording
  const sentence = `${unread} files of the recording were not read: together they are larger than ${formatBytes(MAX_READ_BYTES)}`
  return { ...recording, unknown: [...recording.unknown, sentence] }
}

function newestWithin(segments: readonly Segment[], most: number): Segment[] {
  let bytes = 0
  const first = segments.findLastIndex((segment) => (bytes += segment.bytes) > most)
  return segments.slice(first + 1)
}

/** One that is removed meanwhile, because it was old, is none. */
function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    if (existsSync(path)) throw error
    return ''
  }
}
