/**
 * One kill often stands in several files (dmesg, dmesg -T, journal, syslog). Here the renderings become one report again,
 * and boot times become wall-clock times.
 */
import type { Observation } from '../model/evidence.ts'
import type { HostState } from '../model/facts.ts'
import type { OomReport } from '../model/kernel.ts'

export interface KernelClock {
  /** Wall-clock time of boot; null where nothing tells it, or where the logs stem from several boots. */
  bootAt: number | null
}

/** Clocks drift and get set, but not by more than this within one boot. */
const SAME_BOOT_MS = 5 * 60_000

/** The same reports without their repetitions, dated where any rendering is dated, oldest first. */
export function mergeRenderings(
  reports: readonly Observation<OomReport>[],
  hostStates: readonly Observation<HostState>[],
): { reports: readonly Observation<OomReport>[]; clock: KernelClock } {
  const groups = groupRenderings(reports)
  const clock = clockOf(groups, hostStates)
  const merged = groups.map((renderings) => mergeOne(renderings, clock))
  return { reports: merged.toSorted(byTime), clock }
}

/**
 * Renderings of one report share victims and sizes; the n-th of such in one file is the n-th in another. A rendering that
 * is cut off before its victim belongs to the whole one that the same task called for at the same time.
 */
function groupRenderings(reports: readonly Observation<OomReport>[]): Observation<OomReport>[][] {
  const groups = groupAlike(reports.filter((report) => !isBrokenOff(report.fact)))
  const alone: Observation<OomReport>[] = []
  for (const report of reports.filter(({ fact }) => isBrokenOff(fact))) {
    const whole = groups.find((group) => isRenderedIn(report, group))
    if (whole === undefined) alone.push(report)
    else whole.push(report)
  }
  return [...groups, ...groupAlike(alone)]
}

/** The log ends, or was cut, before the report says whom the kernel killed. */
export function isBrokenOff({ kills, missing, noKillable }: OomReport): boolean {
  return kills.length === 0 && !noKillable && missing.includes('kill')
}

/** Clocks of two renderings differ by the fraction of a second that one of them cuts, and by their drift. */
const SAME_REPORT_MS = 2_000

function isRenderedIn(
  cut: Observation<OomReport>,
  group: readonly Observation<OomReport>[],
): boolean {
  const file = fileOf(cut.from)
  const { trigger, bootSeconds } = cut.fact
  if (trigger === null || group.some(({ from }) => fileOf(from) === file)) return false
  return group.some(({ fact, at }) => {
    if (fact.trigger === null || fact.trigger.name !== trigger.name) return false
    const samePid = fact.trigger.pid === trigger.pid || trigger.pid === null
    if (!samePid) return false
    if (at !== null && cut.at !== null) return Math.abs(at - cut.at) <= SAME_REPORT_MS
    if (bootSeconds === null || fact.bootSeconds === null) return true
    return Math.abs(bootSeconds - fact.bootSeconds) * 1_000 <= SAME_REPORT_MS
  })
}

function groupAlike(reports: readonly Observation<OomReport>[]): Observation<OomReport>[][] {
  const groups = new Map<string, Observation<OomReport>[]>()
  const seenInFile = new Map<string, number>()
  for (const report of reports) {
    const key = identityOf(report.fact)
    const inFile = `${fileOf(report.from)}\0${key}`
    const nth = (seenInFile.get(inFile) ?? 0) + 1
    seenInFile.set(inFile, nth)
    const slot = `${key}\0${nth}`
    const group = groups.get(slot)
    if (group === undefined) groups.set(slot, [report])
    else group.push(report)
  }
  return [...groups.values()]
}

function identityOf(report: OomReport): string {
  const [first] = report.kills
  return first === undefined
    ? `trigger ${report.trigger?.pid ?? ''} ${report.trigger?.name ?? ''}`
    : `${first.pid} ${first.totalVmBytes ?? ''} ${first.anonRssBytes ?? ''}`
}

/** The file of a `file:line`. */
export function fileOf(from: string): string {
  return from.replace(/:\d+$/, '')
}

function clockOf(
  groups: readonly Observation<OomReport>[][],
  hostStates: readonly Observation<HostState>[],
): KernelClock {
  const anchors = groups.flatMap((renderings) => {
    const dated = bestDated(renderings)
    const booted = renderings.find(({ fact }) => fact.bootSeconds !== null)
    if (dated === null || booted === undefined || booted.fact.bootSeconds === null) return []
    return [dated - booted.fact.bootSeconds * 1_000]
  })
  if (anchors.length === 0) {
    return { bootAt: hostStates.find(({ fact }) => fact.bootAt !== null)?.fact.bootAt ?? null }
  }
  const spread =
    anchors.reduce((most, at) => Math.max(most, at), -Infinity) -
    anchors.reduce((least, at) => Math.min(least, at), Infinity)
  return { bootAt: spread <= SAME_BOOT_MS ? median(anchors) : null }
}

function mergeOne(
  renderings: readonly Observation<OomReport>[],
  clock: KernelClock,
): Observation<OomReport> {
  const richest = renderings.reduce((best, next) =>
    richness(next.fact) > richness(best.fact) ? next : best,
  )
  const bootSeconds =
    renderings.find(({ fact }) => fact.bootSeconds !== null)?.fact.bootSeconds ?? null
  const at =
    bestDated(renderings) ??
    (bootSeconds !== null && clock.bootAt !== null ? clock.bootAt + bootSeconds * 1_000 : null)
  return { ...richest, at, fact: { ...richest.fact, bootSeconds } }
}

/** A time with a fraction of a second beats one that was cut to it. */
function bestDated(renderings: readonly Observation[]): number | null {
  const times = renderings.flatMap(({ at }) => (at === null ? [] : [at]))
  return times.find((time) => time % 1_000 !== 0) ?? times[0] ?? null
}

function richness(report: OomReport): number {
  return (
    report.processes.length +
    report.kills.length * 2 +
    report.stat.size +
    (report.oomMemcg === null ? 0 : 10) -
    report.missing.length * 5
  )
}

export function byTime(a: Observation<OomReport>, b: Observation<OomReport>): number {
  if (a.at !== null && b.at !== null) return a.at - b.at
  const [bootA, bootB] = [a.fact.bootSeconds, b.fact.bootSeconds]
  return bootA !== null && bootB !== null ? bootA - bootB : 0
}

function median(values: readonly number[]): number | null {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[Math.floor(sorted.length / 2)] ?? null
}
