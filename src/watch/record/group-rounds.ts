import { statSync } from 'node:fs'
import { join } from 'node:path'
import type { Sample, SeriesMark } from '../../model/series.ts'
import type { Instant } from '../../model/time.ts'
import { stateSample } from '../../parsers/series/group-sample.ts'
import { marksBetween } from '../../parsers/series/life-marks.ts'
import { groupState } from '../../sources/cgroup/group.ts'
import { folderOf } from '../../sources/cgroup/hierarchy.ts'
import type { MemoryHierarchy } from '../../sources/cgroup/hierarchy.ts'
import { pidsOf } from '../../sources/proc/index.ts'
import type { Reader } from '../../sources/reader.ts'
import type { FollowedGroup } from './followed.ts'
import { createProcessSampler } from './process-samples.ts'
import type { FollowedSample } from '../../store/recordings/stretch.ts'
import type { LivingProcess } from './process-samples.ts'

/** What one look at a group found. */
export interface GroupRound {
  /** Null: it does not run. */
  sample: Sample | null
  processes: readonly FollowedSample[]
  marks: readonly SeriesMark[]
}

export interface GroupRounds {
  look(at: Instant): Promise<GroupRound>
}

/** Processes of a group that are followed. */
const MOST_PROCESSES = 32
/** While it does not run it is looked for at growing distances. */
const LONGEST_WAIT_MS = 10_000
/** The kernel's counter and the engine's event tell of one kill. */
const SAME_KILL_MS = 5_000
/** Starts are known to a second. */
const START_EXACT_MS = 2_000

/**
 * Looks at a group again and again, and tells where a life ends and another one begins: the group was removed or made anew,
 * or none of its processes is left.
 *
 * @param recordedUntil when it was recorded last, by an earlier run
 */
export function createGroupRounds(
  reader: Reader,
  hierarchy: MemoryHierarchy,
  followed: FollowedGroup,
  recordedUntil: Instant | null,
): GroupRounds {
  const sampler = createProcessSampler(reader)
  let place: Place | null = null
  let before: Sample | null = null
  let members: ReadonlySet<string> | null = null
  let isLost = false
  /** Something may have happened that nobody looked at. */
  let isMissedTime = recordedUntil !== null
  let toldUntil = recordedUntil ?? reader.now()
  let waitMs = 0
  let lookAt = 0
  let lastKillAt = 0

  async function look(at: Instant): Promise<GroupRound> {
    if (place !== null && inodeOf(place.folder) !== place.inode) lose()
    if (place === null) {
      if (at < lookAt) return nothing([])
      place = await find()
      waitMs = Math.min(Math.max(1_000, waitMs * 2), LONGEST_WAIT_MS)
      lookAt = at + waitMs
    }
    const told = isMissedTime ? await eventsUntil() : []
    const sample = place === null ? null : read(place, at)
    if (place === null || sample === null) {
      lose()
      return nothing(told)
    }
    const living = sampler.living(pidsOf(reader, hierarchy, place.path).pids)
    const marks = marksOf(at, sample, living, told)
    before = sample
    isLost = false
    isMissedTime = false
    waitMs = 0
    if (living.length > 0) members = new Set(living.map(idOf))
    return {
      sample: { ...sample, processes: living.length },
      processes: living.slice(0, MOST_PROCESSES).flatMap(({ key }) => {
        const own = sampler.sample(key, at)
        return own === null ? [] : [{ process: key, sample: own }]
      }),
      marks,
    }
  }

  function lose(): void {
    place = null
    isLost ||= before !== null
    isMissedTime ||= isLost
  }

  async function find(): Promise<Place | null> {
    const path = await followed.locate()
    const folder = path === null ? null : folderOf(hierarchy, path)
    if (path === null || folder === null) return null
    const onDisk = join(reader.root, folder)
    const inode = inodeOf(onDisk)
    return inode === null ? null : { path, folder: onDisk, inode }
  }

  async function eventsUntil(): Promise<SeriesMark[]> {
    const events = await followed.happened(toldUntil)
    toldUntil = events.reduce((latest, { at }) => Math.max(latest, at), toldUntil)
    return events.filter(({ kind, at }) => kind !== 'kill' || at - lastKillAt > SAME_KILL_MS)
  }

  function read({ path }: Place, at: Instant): Sample | null {
    const state = groupState(reader, hierarchy, path)
    return state === null ? null : stateSample(at, state)
  }

  function marksOf(
    at: Instant,
    sample: Sample,
    living: readonly LivingProcess[],
    told: readonly SeriesMark[],
  ): SeriesMark[] {
    const marks = [...told]
    const add = (mark: SeriesMark): void => {
      if (mark.kind === 'change' || !marks.some(({ kind }) => kind === mark.kind)) marks.push(mark)
    }
    if (isLost || isAnotherLife(living)) add({ at, kind: 'start', says: 'restarted' })
    const life = null
    const seen = before === null ? [] : marksBetween({ sample: before, life }, { sample, life })
    for (const mark of seen) add(mark)
    if (marks.some(({ kind }) => kind === 'kill')) lastKillAt = at
    return marks
  }

  function isAnotherLife(living: readonly LivingProcess[]): boolean {
    if (living.length === 0) return false
    const known = members
    if (known !== null) return !living.some((each) => known.has(idOf(each)))
    return (
      recordedUntil !== null &&
      living.every(({ key }) => key.startedAt > recordedUntil + START_EXACT_MS)
    )
  }

  return { look }
}

interface Place {
  path: string
  /** With the reader's root. */
  folder: string
  /** A group that is made anew has another one. */
  inode: number
}

function nothing(marks: readonly SeriesMark[]): GroupRound {
  return { sample: null, processes: [], marks }
}

function inodeOf(folder: string): number | null {
  return statSync(folder, { throwIfNoEntry: false })?.ino ?? null
}

function idOf({ key }: LivingProcess): string {
  return `${key.pid} ${key.startedAt}`
}
