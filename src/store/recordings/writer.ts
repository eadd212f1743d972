import { readFileSync } from 'node:fs'
import { unreachableError, usageError } from '../../model/errors.ts'
import type { Recording, RegionSnapshot, Sample, SeriesMark } from '../../model/series.ts'
import type { Subject } from '../../model/subject.ts'
import type { Instant } from '../../model/time.ts'
import type { RecordingLine } from '../../parsers/series/recording-line.ts'
import { createAssembly } from '../../parsers/series/recording.ts'
import { makeFolders } from '../durable.ts'
import { takeLock } from '../lock.ts'
import { storeProblem } from '../problems.ts'
import { CAPS, LEVELS } from './levels.ts'
import type { Caps, Level } from './levels.ts'
import { lockOf, segmentsIn, subjectFolder } from './places.ts'
import { openSegmentFile } from './segment-file.ts'
import type { SegmentFile } from './segment-file.ts'
import { createStretchKeeper } from './stretch.ts'
import type { FollowedSample, Moment, StretchKeeper } from './stretch.ts'
import { tidy } from './tidy.ts'

/** One round of a recorder. Times have to rise from round to round. */
export interface RecordedMoment extends Moment {
  marks: readonly SeriesMark[]
  regions: readonly RegionSnapshot[]
}

/** Writes the recording of one subject. */
export interface RecordingWriter {
  readonly folder: string
  /** Of the newest sample that was there before; null: none. */
  readonly lastAt: Instant | null
  /** @throws StellaError where the disk is full or may not be written; what is there is kept */
  write(moment: RecordedMoment): void
  /** What happened while there was nothing to sample. */
  mark(marks: readonly SeriesMark[]): void
  close(): void
}

/** A process that stays as it is is written that often. */
const UNCHANGED_MS = 60_000
/** A recording that reaches further into the future was made with a wrong clock. */
const MOST_AHEAD_MS = 3_600_000

interface LevelFile {
  level: Level
  file: SegmentFile
  keeper: StretchKeeper | null
}

/**
 * Opens the recording of a subject for writing, and completes what a crash left incomplete.
 *
 * @throws StellaError (unreachable) where the folder cannot be written, or another process records the subject
 */
export function openRecordingWriter(
  dataFolder: string,
  subject: Subject,
  now: Instant,
  caps: Caps = CAPS,
): RecordingWriter {
  const folder = subjectFolder(dataFolder, subject)
  let failed = false
  let unchanged = new Map<string, Sample>()
  const lock = guarded(folder, () => {
    makeFolders(folder)
    return takeLock(lockOf(folder), { purpose: 'a recording', at: now })
  })
  if (!lock.ok) {
    throw unreachableError(
      `process ${lock.owner.pid} records it already`,
      folder,
      'let that one go on, or end it first',
    )
  }
  const { release } = lock
  const levels: LevelFile[] = LEVELS.map((level) => ({
    level,
    file: openSegmentFile(folder, subject, level),
    keeper: level.stretchMs === 0 ? null : createStretchKeeper(level.stretchMs, level.processes),
  }))

  /** A crash takes the stretches that were open with it; every sample of theirs is in the closest level. */
  function recover(): Instant | null {
    const [closest] = LEVELS
    const recent = readLevel(folder, closest)
    const last = recent?.group.samples.at(-1)?.at ?? null
    if (recent === null || last === null) return null
    if (last > now + MOST_AHEAD_MS) {
      throw usageError(
        `the recording reaches to ${new Date(last).toISOString()}, which is in the future`,
        folder,
        'set the clock right, or move that folder away',
      )
    }
    for (const { level, file, keeper } of levels) {
      if (keeper === null) continue
      const known = lastIn(folder, level) ?? 0
      for (const moment of momentsOf(recent, known)) {
        file.append(moment.group.at, keeper.add(moment))
      }
      file.append(last, keeper.flush())
    }
    return last
  }

  function write({ group, processes, marks, regions }: RecordedMoment): void {
    guarded(folder, () => {
      let begun = false
      for (const { file, keeper, level } of levels) {
        const sampled =
          keeper === null ? closestLines({ group, processes }) : keeper.add({ group, processes })
        const isLast = level === LEVELS.at(-1)
        const looked = isLast
          ? regions.map((snapshot): RecordingLine => ({ kind: 'regions', snapshot }))
          : []
        begun = file.append(group.at, [...markLines(marks), ...sampled, ...looked]) || begun
      }
      const inUse = new Set(levels.flatMap(({ file }) => file.path ?? []))
      if (begun) tidy(dataFolder, folder, group.at, caps, inUse)
    })
  }

  function mark(marks: readonly SeriesMark[]): void {
    guarded(folder, () => {
      const [first] = marks
      if (first === undefined) return
      for (const { file } of levels) file.append(first.at, markLines(marks))
    })
  }

  function closestLines({ group, processes }: Moment): RecordingLine[] {
    const lines: RecordingLine[] = [{ kind: 'group', sample: group }]
    const seen = new Map<string, Sample>()
    for (const followed of processes) {
      const id = `${followed.process.pid} ${followed.process.startedAt}`
      const before = unchanged.get(id)
      if (before !== undefined && isUnchanged(before, followed.sample)) {
        seen.set(id, before)
        continue
      }
      seen.set(id, followed.sample)
      lines.push({ kind: 'process', ...followed })
    }
    unchanged = seen
    return lines
  }

  function close(): void {
    try {
      if (!failed) {
        guarded(folder, () => {
          for (const { file, keeper } of levels) {
            const lines = keeper?.flush() ?? []
            const [first] = lines
            if (first?.kind === 'group') file.append(first.sample.at, lines)
          }
        })
      }
    } finally {
      for (const { file } of levels) file.close()
      release()
    }
  }

  function guarded<T>(path: string, work: () => T): T {
    try {
      return work()
    } catch (error) {
      failed = true
      throw storeProblem(error, path)
    }
  }

  try {
    const lastAt = guarded(folder, recover)
    return { folder, lastAt, write, mark, close }
  } catch (error) {
    close()
    throw error
  }
}

function markLines(marks: readonly SeriesMark[]): RecordingLine[] {
  return marks.map((mark) => ({ kind: 'mark', mark }))
}

function isUnchanged(before: Sample, now: Sample): boolean {
  return (
    now.at - before.at < UNCHANGED_MS &&
    now.usageBytes === before.usageBytes &&
    now.anonBytes === before.anonBytes &&
    now.swapBytes === before.swapBytes
  )
}

function readLevel(folder: string, level: Level | undefined): Recording | null {
  const assembly = createAssembly()
  for (const segment of segmentsIn(folder)) {
    if (segment.level === level) assembly.addText(readFileSync(segment.path, 'utf8'))
  }
  return assembly.finish()
}

/** Of the newest sample of a level; null: there is none. */
function lastIn(folder: string, level: Level): Instant | null {
  for (const segment of segmentsIn(folder).toReversed()) {
    if (segment.level !== level) continue
    const assembly = createAssembly()
    assembly.addText(readFileSync(segment.path, 'utf8'))
    const last = assembly.finish()?.group.samples.at(-1)?.at
    if (last !== undefined) return last
  }
  return null
}

/** The moments of a recording after an instant. */
function* momentsOf(recording: Recording, after: Instant): Generator<Moment> {
  const processes = new Map<Instant, FollowedSample[]>()
  for (const { process, name, samples } of recording.processes) {
    if (process === null) continue
    for (const sample of samples) {
      const there = processes.get(sample.at) ?? []
      there.push({ process: { ...process, name }, sample })
      processes.set(sample.at, there)
    }
  }
  for (const group of recording.group.samples) {
    if (group.at > after) yield { group, processes: processes.get(group.at) ?? [] }
  }
}
