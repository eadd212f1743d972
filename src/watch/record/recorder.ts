/** Records the memory of one subject into the data folder, round by round. */
import { unreachableError } from '../../model/errors.ts'
import type { Sample, SeriesMark } from '../../model/series.ts'
import type { Subject, Target } from '../../model/subject.ts'
import type { Instant } from '../../model/time.ts'
import { memoryHierarchy } from '../../sources/cgroup/hierarchy.ts'
import type { MemoryHierarchy } from '../../sources/cgroup/hierarchy.ts'
import { whyUncounted } from '../../sources/cgroup/uncounted.ts'
import type { Reader } from '../../sources/reader.ts'
import type { Caps } from '../../store/recordings/levels.ts'
import { openRecordingWriter } from '../../store/recordings/writer.ts'
import type { RecordingWriter } from '../../store/recordings/writer.ts'
import { follow } from './followed.ts'
import type { Followed } from './followed.ts'
import { createGroupRounds } from './group-rounds.ts'
import type { GroupRound } from './group-rounds.ts'
import { createProcessSampler } from './process-samples.ts'
import { createRegionPlan } from './region-plan.ts'
import { takeRegions } from './region-snapshot.ts'
import { createSteadyClock } from './steady-clock.ts'

/** `absent`: it does not run at the moment; `ended`: it never will again. */
export type RoundOutcome = 'recorded' | 'absent' | 'ended'

/** What was recorded in this run. */
export interface RecordSummary {
  samples: number
  from: Instant | null
  to: Instant | null
  /** Of the charge; of a process of its resident set. */
  lowestBytes: number | null
  highestBytes: number | null
  starts: number
  kills: number
}

export interface Recorder {
  readonly subject: Subject
  /** Where it is written. */
  readonly folder: string
  /**
   * Reads everything once and writes it down.
   *
   * @throws StellaError (unreachable) where it cannot be written; what was written before is kept
   */
  round(): Promise<RoundOutcome>
  /** Writes what is still held, and ends. */
  close(): RecordSummary
}

export interface RecorderOptions {
  target: Target
  dataFolder: string
  caps?: Caps
}

/**
 * Opens the recording of a container, a memory group or a process. It goes on where an earlier recording of the same subject
 * ended.
 *
 * @throws StellaError 2 where the target cannot be recorded; 3 where it does not exist, or the folder cannot be written
 */
export async function openRecorder(reader: Reader, options: RecorderOptions): Promise<Recorder> {
  const hierarchy = memoryHierarchy(reader)
  const followed = await follow(reader, hierarchy, options.target)
  const subject = followed.kind === 'group' ? followed.subject : subjectOf(reader, followed.pid)
  if (followed.kind === 'group' && subject.platform === 'cgroup') {
    await expectGroup(reader, hierarchy, followed)
  }
  const { dataFolder, caps } = options
  const writer = openRecordingWriter(dataFolder, subject, reader.now(), caps)
  const look = lookerAt(reader, hierarchy, followed, writer.lastAt)
  return recorder(reader, { subject, writer, look })
}

type Look = (at: Instant) => Promise<GroupRound & { ended: boolean }>

function recorder(
  reader: Reader,
  { subject, writer, look }: { subject: Subject; writer: RecordingWriter; look: Look },
): Recorder {
  const clock = createSteadyClock(reader, writer.lastAt)
  const plan = createRegionPlan()
  const summary: RecordSummary = {
    samples: 0,
    from: null,
    to: null,
    lowestBytes: null,
    highestBytes: null,
    starts: 0,
    kills: 0,
  }

  async function round(): Promise<RoundOutcome> {
    const { at, jump } = clock()
    const { sample, processes, marks, ended } = await look(at)
    const all: SeriesMark[] = [...marks]
    if (jump !== null) all.push({ at, kind: 'change', says: jump })
    for (const { kind } of all) {
      if (kind === 'start') summary.starts++
      if (kind === 'kill') summary.kills++
    }
    if (all.some(({ kind }) => kind === 'start')) plan.reset()
    if (sample === null) {
      writer.mark(all)
      return ended ? 'ended' : 'absent'
    }
    const due = plan.due(reader.monotonicSeconds(), processes)
    const regions = due.flatMap((key) => takeRegions(reader, key, at) ?? [])
    writer.write({ group: sample, processes, marks: all, regions })
    count(sample)
    return 'recorded'
  }

  function count({ at, usageBytes }: Sample): void {
    summary.samples++
    summary.from ??= at
    summary.to = at
    if (usageBytes === null) return
    summary.lowestBytes = Math.min(summary.lowestBytes ?? usageBytes, usageBytes)
    summary.highestBytes = Math.max(summary.highestBytes ?? usageBytes, usageBytes)
  }

  return {
    subject,
    folder: writer.folder,
    round,
    close() {
      writer.close()
      return summary
    },
  }
}

function lookerAt(
  reader: Reader,
  hierarchy: MemoryHierarchy,
  followed: Followed,
  lastAt: Instant | null,
): Look {
  if (followed.kind === 'group') {
    const rounds = createGroupRounds(reader, hierarchy, followed, lastAt)
    return async (at) => ({ ...(await rounds.look(at)), ended: false })
  }
  const sampler = createProcessSampler(reader)
  let first: number | null = null
  return (at) => {
    const key = sampler.living([followed.pid])[0]?.key
    const isNew = first === null && lastAt !== null && key !== undefined && key.startedAt > lastAt
    const isOther = key !== undefined && key.startedAt !== (first ?? key.startedAt)
    first ??= key?.startedAt ?? null
    const sample = key === undefined || isOther ? null : sampler.sample(key, at)
    const marks: SeriesMark[] = isNew ? [{ at, kind: 'start', says: 'another process' }] : []
    return Promise.resolve({
      sample,
      processes: sample === null || key === undefined ? [] : [{ process: key, sample }],
      marks,
      ended: sample === null,
    })
  }
}

async function expectGroup(
  reader: Reader,
  hierarchy: MemoryHierarchy,
  followed: Extract<Followed, { kind: 'group' }>,
): Promise<void> {
  const path = await followed.locate()
  const uncounted = path === null ? null : whyUncounted(reader, hierarchy, path)
  if (uncounted !== null) {
    throw unreachableError(uncounted.what, `cgroup:${path}`, uncounted.todo)
  }
  const rounds = createGroupRounds(reader, hierarchy, followed, null)
  if ((await rounds.look(reader.now())).sample !== null) return
  throw unreachableError(
    `there is no memory group ${followed.subject.name} below ${hierarchy.mountPoint}`,
    `cgroup:${followed.subject.name}`,
    "look for its path in /proc/PID/cgroup, or below the mount point with 'find -type d'",
  )
}

function subjectOf(reader: Reader, pid: number): Subject {
  const process = createProcessSampler(reader).living([pid])[0]
  if (process === undefined) {
    throw unreachableError(
      `there is no process ${pid}`,
      `pid:${pid}`,
      'take the PID that the host sees, not the one inside a container',
    )
  }
  return { platform: 'process', name: process.key.name, id: String(pid), image: null }
}
