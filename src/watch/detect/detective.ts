/** From a piece of the kernel log to cases, with the evidence that is gone a moment later. */
import { describeCgroupPath } from '../../evidence/cgroup-path.ts'
import { investigate } from '../../investigate/investigate.ts'
import type { Case } from '../../model/case.ts'
import type { Observation, World } from '../../model/evidence.ts'
import type { ProcessState } from '../../model/facts.ts'
import { readChain } from '../../sources/cgroup/index.ts'
import type { MemoryHierarchy } from '../../sources/cgroup/hierarchy.ts'
import { readHost } from '../../sources/host/index.ts'
import { readProcess } from '../../sources/proc/index.ts'
import type { Reader } from '../../sources/reader.ts'
import type { Told, ToldReport } from './told-kills.ts'

/** A case, and which incident it is of. */
export interface Detection {
  /** The same when the log is read again. */
  incident: string
  /** The reports that it tells of. */
  reports: readonly string[]
  case: Case
  /** The container that its group belongs to; null where there is none, or it is not known. */
  containerId: string | null
  /** What the kernel told. */
  told: readonly Observation[]
  /** The group of what was killed; null: the kernel did not say. */
  path: string | null
  /** All that was known then. */
  world: World
}

/** What is known from earlier, before a process or a group went. */
export interface Earlier {
  /** Observations of a group by its path: its course, its container. */
  of(path: string): readonly Observation[]
  /** Where a process lived a moment ago. */
  groupOf(pid: number): string | null
}

/** Judges what the kernel told: one case for each group in which it killed. */
export function judgeTold(
  reader: Reader,
  hierarchy: MemoryHierarchy | null,
  told: Told,
  earlier: Earlier,
): Detection[] {
  if (told.reports.length === 0) return []
  const machine = readHost(reader)
  const groups = Map.groupBy(told.reports, placeOf)
  return [...groups.values()].flatMap((reports) => {
    const path = pathOf(reports)
    const world = worldOf(reader, hierarchy, { reports, path, told, machine, earlier })
    return casesOf(world, reports).map(({ found, keys }): Detection => ({
      incident: keys[0] ?? reports[0]?.key ?? found.id,
      reports: keys,
      case: found,
      told: [...reports.map(({ report }) => report), ...told.rest],
      path,
      world,
      containerId:
        (path === null ? null : describeCgroupPath(path).containerId) ?? containerOf(found),
    }))
  })
}

/** Reports that name no group are about one process each, as far as anybody knows. */
function placeOf({ key, report: { fact } }: ToldReport): string {
  if (fact.constraint !== 'memcg' && fact.constraint !== null) return 'the machine'
  return fact.taskMemcg ?? fact.oomMemcg ?? fact.groupKill ?? key
}

function pathOf(reports: readonly ToldReport[]): string | null {
  for (const { report } of reports) {
    const path = report.fact.taskMemcg ?? report.fact.oomMemcg ?? report.fact.groupKill
    if (path !== null) return path
  }
  return null
}

interface Scene {
  reports: readonly ToldReport[]
  path: string | null
  told: Told
  machine: World
  earlier: Earlier
}

function worldOf(reader: Reader, hierarchy: MemoryHierarchy | null, scene: Scene): World {
  const { reports, path, told, machine, earlier } = scene
  const observations: Observation[] = [...reports.map(({ report }) => report), ...told.rest]
  if (path === null) observations.push(...victimsAsTheyAre(reader, reports, earlier))
  const place = path ?? groupOf(observations)
  if (place !== null && hierarchy !== null) {
    observations.push(...readChain(reader, hierarchy, place).observations)
  }
  if (place !== null) observations.push(...earlier.of(place))
  return {
    observations: [...observations, ...machine.observations],
    unknown: machine.unknown,
  }
}

/** The kernel leaves the groups out where it kills often; a victim that is not gone yet still tells its own. */
function victimsAsTheyAre(
  reader: Reader,
  reports: readonly ToldReport[],
  earlier: Earlier,
): Observation[] {
  const kills = reports.flatMap(({ report }) => report.fact.kills)
  return kills.slice(0, MAX_VICTIMS).flatMap(({ pid, name }) => {
    const read = readProcess(reader, pid, { rollupMaxRssBytes: 0, patienceMs: 0 })
    // A PID is nobody's for long: one without its old group tells nothing.
    if (read.ok && read.observation.fact.cgroupPaths[0] !== '/') return [read.observation]
    const path = earlier.groupOf(pid)
    return path === null ? [] : [seenBefore(pid, name, path, reader)]
  })
}

/** A process that is gone, as far as the last round knew it. */
function seenBefore(
  pid: number,
  name: string,
  path: string,
  reader: Reader,
): Observation<ProcessState> {
  return {
    source: 'cgroup',
    at: reader.now(),
    says: `Process ${pid} was in ${path} when its group was read last.`,
    excerpt: String(pid),
    from: `${path}/cgroup.procs`,
    fact: { ...UNKNOWN_PROCESS, pid, name, nsPids: [pid], cgroupPaths: [path] },
  }
}

const UNKNOWN_PROCESS: Omit<ProcessState, 'pid' | 'name' | 'nsPids' | 'cgroupPaths'> = {
  kind: 'process-state',
  parentPid: null,
  state: null,
  executable: null,
  command: [],
  rssBytes: null,
  anonRssBytes: null,
  fileRssBytes: null,
  shmemRssBytes: null,
  swapBytes: null,
  totalVmBytes: null,
  peakRssBytes: null,
  pageTableBytes: null,
  pssBytes: null,
  pssAnonBytes: null,
  pssFileBytes: null,
  pssShmemBytes: null,
  ussBytes: null,
  anonHugeBytes: null,
  hugetlbBytes: null,
  threads: null,
  oomScore: null,
  oomScoreAdj: null,
  uid: null,
  stack: [],
  startTicks: null,
}

/** Of one piece of the log; each costs less than a millisecond. */
const MAX_VICTIMS = 64

function groupOf(observations: readonly Observation[]): string | null {
  for (const { fact } of observations) {
    if (fact.kind === 'process-state') return fact.cgroupPaths[0] ?? null
  }
  return null
}

/** Each case with the keys of the reports it tells of. */
function casesOf(
  world: World,
  reports: readonly ToldReport[],
): { found: Case; keys: readonly string[] }[] {
  return investigate(world, null, { all: true }).flatMap((found) => {
    const victims = new Set(found.victims.map(({ pid }) => pid))
    const keys = reports
      .filter(({ report: { fact } }) =>
        fact.kills.length === 0
          ? victims.size === 0
          : fact.kills.some(({ pid }) => victims.has(pid)),
      )
      .map(({ key }) => key)
    return keys.length === 0 ? [] : [{ found, keys }]
  })
}

function containerOf({ subject }: Case): string | null {
  return subject.platform === 'docker' || subject.platform === 'podman' ? subject.id : null
}
