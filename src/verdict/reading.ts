/** What several rules read out of an incident. */
import { formatBytes } from '../model/bytes.ts'
import type { Binding, BindingScope } from '../model/case.ts'
import type { Observation } from '../model/evidence.ts'
import type { CgroupState, MemoryEvents } from '../model/facts.ts'
import type { CounterLine } from '../model/memory.ts'
import type { OomReport } from '../model/kernel.ts'
import type { KubeletFigures } from '../model/kubelet.ts'
import { podNameOf, type Subject } from '../model/subject.ts'
import { reportOf, type Incident } from './incident.ts'

/** The limit set on the subject itself, from its group, its engine or its manifest. Null: none known. */
export function ownLimitBytes(incident: Incident): number | null {
  if (isUpdatedSince(incident)) return null
  const group = incident.groups.own?.fact
  if (group !== undefined && group.limitBytes !== null) return group.limitBytes
  if (group?.unlimited === true) return null
  const { container, podContainer, figures } = incident
  // The group of a container that has none may hold that of its pod.
  const manifest = podContainer === null ? figures?.fact.limitBytes : podContainer.memoryLimitBytes
  return container?.fact.memoryLimitBytes ?? manifest ?? null
}

/** `docker update` after the end: the engine tells the limit of now, and nobody that of then. */
export function isUpdatedSince({ ending, events }: Incident): boolean {
  const end = ending?.at ?? null
  return (
    end !== null &&
    events.some(({ fact, at }) => fact.action === 'update' && at !== null && at > end)
  )
}

/** Where the group at its limit stands, seen from the subject. */
export function reportScope(
  incident: Incident,
  report: OomReport,
): 'own' | 'ancestor' | 'nested' | null {
  const limited = report.oomMemcg
  const own = incident.path ?? report.taskMemcg
  if (limited === null || own === null) return null
  if (samePath(limited, own)) return 'own'
  if (isBelow(limited, own)) return 'nested'
  return isBelow(own, limited) ? 'ancestor' : null
}

/** `path` lies strictly below `above`. */
export function isBelow(path: string, above: string): boolean {
  const parent = above === '/' ? '/' : `${trimSlash(above)}/`
  return path !== above && path.startsWith(parent)
}

export function samePath(a: string, b: string): boolean {
  return trimSlash(a) === trimSlash(b)
}

function trimSlash(path: string): string {
  return path.length > 1 && path.endsWith('/') ? path.slice(0, -1) : path
}

/**
 * The counter that was full: on v1 memory, or memory and swap together; on v2 always memory, since its swap limit
 * alone never makes the kernel kill.
 */
export function fullCounter(report: OomReport): CounterLine | null {
  const counters = [report.memory, report.memorySwap].filter(
    (line): line is CounterLine => line !== null && line.limitBytes !== null && line.limitBytes > 0,
  )
  return counters.reduce<CounterLine | null>(
    (fullest, line) => (fullest === null || fill(line) > fill(fullest) ? line : fullest),
    null,
  )
}

function fill(line: CounterLine): number {
  return line.limitBytes === null || line.limitBytes === 0 ? 0 : line.usageBytes / line.limitBytes
}

/** The binding constraint as a kernel report tells it, completed from the group's files. */
export function bindingOf(incident: Incident, scope: BindingScope): Binding {
  const report = reportOf(incident)?.fact ?? null
  const counter = report === null ? null : fullCounter(report)
  const path = report?.oomMemcg ?? (scope === 'container' ? incident.path : null)
  const group = groupAt(incident, path)
  return {
    scope,
    path,
    limitBytes:
      counter?.limitBytes ??
      group?.fact.limitBytes ??
      (scope === 'container' ? ownLimitBytes(incident) : null),
    usageBytes: counter?.usageBytes ?? null,
    hostAvailableBytes: hostAvailableBytes(incident),
  }
}

/** Every group of the incident that was read. */
export function allGroups(incident: Incident): readonly Observation<CgroupState>[] {
  const { own, ancestors, nested } = incident.groups
  return [...(own === null ? [] : [own]), ...ancestors, ...nested]
}

export function groupAt(incident: Incident, path: string | null): Observation<CgroupState> | null {
  if (path === null) return null
  return (
    allGroups(incident).find(({ fact }) => fact.path !== null && samePath(fact.path, path)) ?? null
  )
}

/** Memory the machine had left; null where only an earlier or later moment is known to us as such. */
export function hostAvailableBytes(incident: Incident): number | null {
  return (
    reportOf(incident)?.fact.host?.freeBytes ?? incident.hostMemory?.fact.availableBytes ?? null
  )
}

/** "java (2591)", with the count of the others in a group kill or storm. */
export function victimsInWords(incident: Incident): string {
  const kills = incident.reports.flatMap(({ fact }) => fact.kills)
  const [first] = kills
  if (first === undefined) return 'a process'
  const others = kills.length - 1
  const one = `${first.name} (PID ${first.pid})`
  return others === 0 ? one : `${one} and ${others} more`
}

export function subjectInWords(incident: Incident): string {
  const { platform, name, id } = incident.subject
  const known = name ?? id?.slice(0, 12) ?? incident.path
  const word =
    platform === 'docker' || platform === 'podman'
      ? 'container'
      : platform === 'kubernetes'
        ? podWord(incident.subject)
        : platform === 'marathon'
          ? 'task'
          : platform === 'cgroup'
            ? 'cgroup'
            : platform === 'process'
              ? 'process'
              : null
  if (word === null) return known ?? (platform === 'host' ? 'the machine' : 'it')
  return known === null ? `the ${word}` : `${word} ${known}`
}

function podWord(subject: Subject): string {
  const isContainer =
    subject.name === null ? subject.id !== null : podNameOf(subject).container !== null
  return isContainer ? 'pod container' : 'pod'
}

/** " of 32 MiB", or nothing where the limit is not known. */
export function ofLimit(bytes: number | null): string {
  return bytes === null ? '' : ` of ${formatBytes(bytes)}`
}

/** The group's own counters where the kernel has them (5.2 and newer), else the hierarchical ones. */
export function localEvents(group: Observation<CgroupState> | null): MemoryEvents | null {
  return group?.fact.eventsLocal ?? null
}

/** Kernel kills counted inside the subject's group; null where no counter was read. */
export function killsCounted(incident: Incident): number | null {
  const own = incident.groups.own?.fact
  return own?.events?.oomKill ?? own?.oomControl?.oomKill ?? null
}

/** Memory of a group that reclaim cannot give back without swap: anonymous, tmpfs and unreclaimable kernel memory. */
export function unreclaimableBytes(group: CgroupState): number | null {
  const { stat } = group
  const anon = stat.get('anon') ?? stat.get('total_rss') ?? stat.get('rss')
  if (anon === undefined) return null
  const shmem = stat.get('shmem') ?? stat.get('total_shmem') ?? 0
  const kernel =
    group.version === 1
      ? (group.kmemUsageBytes ?? 0)
      : (stat.get('slab_unreclaimable') ?? 0) +
        (stat.get('kernel_stack') ?? 0) +
        (stat.get('pagetables') ?? 0) +
        (stat.get('sock') ?? 0) +
        (stat.get('percpu') ?? 0)
  return anon + shmem + kernel
}

/** The same as a kubelet tells it, which does not know tmpfs from page cache: at least so much. Null: it does not tell it. */
export function keptByFigures({ rssBytes, kernelBytes }: KubeletFigures): number | null {
  return rssBytes === null ? null : rssBytes + (kernelBytes ?? 0)
}

/** File pages that are not on the disk yet: reclaim has to wait for each of them, and where it may not wait, it kills. */
export function unwrittenBytes({ stat }: CgroupState): number {
  const dirty = stat.get('file_dirty') ?? stat.get('total_dirty') ?? stat.get('dirty')
  const writeback =
    stat.get('file_writeback') ?? stat.get('total_writeback') ?? stat.get('writeback')
  return (dirty ?? 0) + (writeback ?? 0)
}

/**
 * Evidence that the kernel's OOM killer did not touch the subject: its own counters at zero, or a kernel log that covers
 * the time and is silent about it. A log that was not read, or does not reach the time, is no such evidence.
 */
export function memoryRuledOutBy(incident: Incident): readonly Observation[] {
  if (incident.reports.length > 0) return []
  const counted = killsCounted(incident)
  const own = incident.groups.own
  if (own !== null && counted === 0 && (own.fact.events?.oom ?? 0) === 0) {
    return [own, ...incident.coverage]
  }
  if (counted !== null && counted > 0) return []
  return incident.coverage
}

/** Main process ended by SIGKILL as far as the evidence goes: told as a signal, or as 128 + 9. */
export function endedBySigkill(incident: Incident): boolean {
  const { ending } = incident
  if (ending === null) return false
  return ending.signal === 9 || (ending.signal === null && ending.exitCode === 137)
}

/**
 * cgroup v1: a group above that stood at a limit other than the subject's own, where the subject's own counters were not
 * read. The engine then flags every container below it, whichever the kernel hit.
 */
export function fullAbove(incident: Incident): Observation<CgroupState> | null {
  const { own, ancestors } = incident.groups
  if (own !== null) return null
  return (
    ancestors.find(
      ({ fact }) =>
        fact.limitBytes !== null &&
        fact.peakBytes !== null &&
        fact.limitBytes !== ownLimitBytes(incident) &&
        (fact.failcnt ?? 0) > 0 &&
        fact.peakBytes >= fact.limitBytes,
    ) ?? null
  )
}
