/** Which kernel kill belongs to which life, and whether the main process fell to it. */
import { describeCgroupPath } from '../evidence/cgroup-path.ts'
import type { Observation } from '../model/evidence.ts'
import type { OomReport } from '../model/kernel.ts'
import { smallestOf } from '../model/extremes.ts'
import type { Groups } from '../verdict/incident.ts'
import { isBelow } from '../verdict/reading.ts'
import { cutOff } from './cut-off.ts'
import { byTime, isBrokenOff } from './renderings.ts'
import type { Life } from './lives.ts'

/** Engines write an end after the kernel's kill, and their clocks differ by less than this. */
const SLACK_MS = 2_000
/** An end this soon after a kill is its consequence. */
const CONSEQUENCE_MS = 3_000
/** A machine that ran out crawls: runtime and engine learn of the end seconds later. */
const CRAWL_MS = 30_000
/** What a runtime notes when it could not learn how its process ended: the whole sandbox was killed (gVisor). */
const RUNTIME_LOST_IT = 128
/** Kills of one group this close together, three or more, are one storm. */
const STORM_GAP_MS = 1_000
const STORM_MIN = 3
/** A program that is stuck at a limit where nobody may be killed makes the kernel look again and again. */
const IN_VAIN_GAP_MS = 60_000

/** Reports by life: the one that was running at the time, else the one that lies closest; without a time, the last. */
export function assignToLives(
  reports: readonly Observation<OomReport>[],
  lives: readonly Life[],
): ReadonlyMap<Life, readonly Observation<OomReport>[]> {
  const byLife = new Map<Life, Observation<OomReport>[]>()
  for (const report of reports) {
    const life = lifeById(lives, report) ?? lifeAt(lives, report.at) ?? lives.at(-1)
    if (life === undefined) continue
    const mine = byLife.get(life)
    if (mine === undefined) byLife.set(life, [report])
    else mine.push(report)
  }
  return byLife
}

/** Starts of a container that its pod has forgotten: it tells of the last two, and the kernel names the group of each. */
export function forgottenLives(
  reports: readonly Observation<OomReport>[],
  lives: readonly Life[],
): readonly Life[] {
  const known = new Set(lives.flatMap(({ containerId }) => containerId ?? []))
  if (known.size === 0) return []
  const ids = reports.toSorted(byTime).flatMap((report) => victimsContainer(report) ?? [])
  return [...new Set(ids)]
    .filter((id) => !known.has(id))
    .map((containerId) => ({
      startedAt: null,
      ending: null,
      events: [],
      mainPid: null,
      containerId,
    }))
}

function lifeById(lives: readonly Life[], report: Observation<OomReport>): Life | null {
  const id = victimsContainer(report)
  return id === null ? null : (lives.find(({ containerId }) => containerId === id) ?? null)
}

function victimsContainer({ fact }: Observation<OomReport>): string | null {
  return fact.taskMemcg === null ? null : describeCgroupPath(fact.taskMemcg).containerId
}

function lifeAt(lives: readonly Life[], at: number | null): Life | null {
  if (at === null) return null
  let best: { life: Life; gap: number } | null = null
  for (const life of lives) {
    const gap = gapToLife(life, at)
    // Clocks of engine and kernel differ, and restarts follow each other within milliseconds.
    if (gap <= SLACK_MS && (best === null || gap < best.gap)) best = { life, gap }
  }
  return best?.life ?? null
}

function gapToLife(life: Life, at: number): number {
  const from = life.startedAt ?? Number.NEGATIVE_INFINITY
  const end = life.ending?.at ?? null
  // Times of a pod are cut to the second.
  const cut = end === null || life.containerId === undefined ? 0 : cutOff(end)
  const until = end === null ? Number.POSITIVE_INFINITY : end + cut
  return at < from ? from - at : Math.max(0, at - until)
}

/** Storms become one group of reports, everything else stays alone. */
export function groupStorms(
  reports: readonly Observation<OomReport>[],
): readonly (readonly Observation<OomReport>[])[] {
  const runs: Observation<OomReport>[][] = []
  for (const report of reports) {
    const run = runs.at(-1)
    const last = run?.at(-1)
    if (run !== undefined && last !== undefined && sameStorm(last, report)) run.push(report)
    else runs.push([report])
  }
  return runs.flatMap((run) =>
    run.length >= STORM_MIN ||
    run.some(({ fact }) => fact.missing.includes('summary')) ||
    isEchoed(run)
      ? [run]
      : run.map((report) => [report]),
  )
}

/**
 * The victim is not gone yet when the kernel looks again, and says that there is no other: that is still the same kill. And
 * where there never was a victim, looking again is no second incident.
 */
function isEchoed([first, ...others]: readonly Observation<OomReport>[]): boolean {
  if (first === undefined) return false
  return isInVain(first) ? others.every(isInVain) : others.some(isInVain)
}

function isInVain({ fact }: Observation<OomReport>): boolean {
  return fact.noKillable && fact.kills.length === 0
}

function sameStorm(a: Observation<OomReport>, b: Observation<OomReport>): boolean {
  const sameGroup =
    a.fact.oomMemcg === b.fact.oomMemcg || a.fact.oomMemcg === null || b.fact.oomMemcg === null
  const bothInVain = isInVain(a) && isInVain(b)
  return sameGroup && gapMs(a, b) <= (bothInVain ? IN_VAIN_GAP_MS : STORM_GAP_MS)
}

/** By every clock that both carry: a log that was put together may repeat one of them. */
function gapMs(a: Observation<OomReport>, b: Observation<OomReport>): number {
  const gaps = [
    gapOf(a.at, b.at, 1),
    gapOf(a.fact.bootSeconds, b.fact.bootSeconds, 1_000),
    gapOf(a.fact.yearless ?? null, b.fact.yearless ?? null, 1),
  ].filter((gap) => gap !== null)
  return gaps.length === 0 ? Number.POSITIVE_INFINITY : Math.max(...gaps)
}

function gapOf(a: number | null, b: number | null, unitMs: number): number | null {
  return a === null || b === null ? null : Math.abs(b - a) * unitMs
}

/**
 * Whether the main process died of these reports.
 *
 * @returns null where the evidence does not tell.
 */
export function killedMainProcess(
  reports: readonly Observation<OomReport>[],
  life: Life,
  groups: Groups,
): boolean | null {
  const victims = new Set(reports.flatMap(({ fact }) => fact.kills.map(({ pid }) => pid)))
  if (victims.size === 0) return diedUnnamed(reports, life)
  const ended = endedBy(reports, life)
  if (life.mainPid !== null && !isInit(reports, life.mainPid)) {
    // A shell that passes on its child's 137 was not killed itself.
    const asGroup = reports.some(({ fact }) => fact.groupKill !== null)
    return victims.has(life.mainPid) || (asGroup && ended === true)
  }
  const alone = isNested(reports, groups) ? null : diedAlone(reports, victims)
  if (ended === false && isKilled(life)) return alone ?? false
  if (ended === true && anElderLived(reports, victims)) return null
  if (ended !== null) return ended
  const living = livingIn(groups).filter((pid) => !victims.has(pid))
  if (living.length === 0) return alone
  // The main process is the oldest of its container.
  return smallestOf(living) < smallestOf(victims) ? false : null
}

/** The report is cut off before its victim: with one process in its table, and an end that followed, it was that one. */
function diedUnnamed(reports: readonly Observation<OomReport>[], life: Life): boolean | null {
  const [report] = reports
  if (report === undefined || !isBrokenOff(report.fact)) return null
  const only = report.fact.processes.length === 1
  return only && endedBy(reports, life) === true ? true : null
}

/** The task table of a group inside shows that group alone. */
function isNested(reports: readonly Observation<OomReport>[], { own }: Groups): boolean {
  const limited = reports[0]?.fact.oomMemcg ?? null
  const path = own?.fact.path ?? null
  return limited !== null && path !== null && isBelow(limited, path)
}

/** On cgroup v2 the processes of a group that has groups inside live in those. */
function livingIn({ own, nested }: Groups): readonly number[] {
  return [...(own === null ? [] : [own]), ...nested].flatMap(({ fact }) => fact.pids ?? [])
}

/** The life's own end: with 137 right after the kill and unasked, it is the kill's; any other end came by itself. */
function endedBy(reports: readonly Observation<OomReport>[], life: Life): boolean | null {
  const { ending } = life
  if (ending === null) return null
  const lastKill = reports.at(-1)?.at ?? null
  const killed = isKilled(life)
  if (lastKill === null || ending.at === null) return killed && ending.askedBy === null
  const crawls = reports.at(-1)?.fact.constraint === 'none'
  const soon = ending.at - lastKill <= (crawls ? CRAWL_MS : CONSEQUENCE_MS)
  if (soon && ending.exitCode === RUNTIME_LOST_IT) return null
  const askedAt = ending.askedBy?.at ?? null
  return killed && soon && (askedAt === null || askedAt <= lastKill)
}

function isKilled({ ending }: Life): boolean {
  return ending !== null && (ending.exitCode === 137 || ending.signal === 9)
}

/** How long a main process may take to clean up before it passes on how its child ended. */
const PASS_ON_MS = 10_000

/** The main process was no victim and ended with 137 soon after: it passed on how its child ended, as a shell does. */
export function passesOn(
  kills: readonly { at: number | null; mainProcessDied: boolean | null }[],
  { ending }: Life,
): boolean {
  const last = kills.at(-1)
  if (last === undefined || last.mainProcessDied === true) return false
  if (ending === null || ending.exitCode !== 137 || ending.askedBy !== null) return false
  return ending.at === null || last.at === null || ending.at - last.at <= PASS_ON_MS
}

/**
 * An older process of the same container was not killed. The main process is the oldest, so it may well be the one that
 * lived, and its 137 a child's that it passed on.
 */
function anElderLived(
  reports: readonly Observation<OomReport>[],
  victims: ReadonlySet<number>,
): boolean {
  const report = reports[0]?.fact
  if (report === undefined || report.oomMemcg === null) return false
  if (report.oomMemcg !== report.taskMemcg) return false
  const eldest = smallestOf(victims)
  return report.processes.some(({ pid, name }) => pid < eldest && !INITS.has(name))
}

/** Inits that only start and reap one program, `docker run --init` and the like: that program is the main process. */
const INITS: ReadonlySet<string> = new Set(['docker-init', 'tini', 'catatonit', 'dumb-init'])

function isInit(reports: readonly Observation<OomReport>[], mainPid: number): boolean {
  return reports.some(({ fact }) =>
    fact.processes.some(({ pid, name }) => pid === mainPid && INITS.has(name)),
  )
}

/** Every process of the table was killed, so nobody can live on. */
function diedAlone(
  reports: readonly Observation<OomReport>[],
  victims: ReadonlySet<number>,
): boolean | null {
  const table = reports[0]?.fact.processes ?? []
  if (table.length === 0) return null
  return table.every(({ pid }) => victims.has(pid)) ? true : null
}
