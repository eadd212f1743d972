/** Joins a world into its subjects: each observation goes to the subject it speaks of, or to all of them. */
import { describeCgroupPath } from '../evidence/cgroup-path.ts'
import type { Observation, World } from '../model/evidence.ts'
import type { CgroupState, KubernetesEvent, ProcessState } from '../model/facts.ts'
import type { OomReport, UserspaceKill } from '../model/kernel.ts'
import type { Target } from '../model/subject.ts'
import { isBelow, samePath } from '../verdict/reading.ts'
import type { Groups } from '../verdict/incident.ts'
import { mergeRenderings } from './kernel-reports.ts'
import { ofKind } from './of-kind.ts'
import type { SubjectEvidence, Surroundings } from './subject-evidence.ts'
import { SubjectRegister, type SubjectRecord } from './subjects.ts'

export function joinSubjects(world: World, target: Target | null): readonly SubjectEvidence[] {
  const all = world.observations
  const { reports, clock } = mergeRenderings(ofKind(all, 'kernel-oom'), ofKind(all, 'host-state'))
  const register = new SubjectRegister()
  const claimed = claimTarget(register, target)

  for (const pod of latestPods(world)) register.addPod(pod)
  for (const state of ofKind(all, 'container-state')) register.addState(state)
  for (const event of ofKind(all, 'container-event')) register.addEvent(event)
  const processes = ofKind(all, 'process-state')
  const byReport = placeReports(reports, register, claimed, processes)
  const groups = ofKind(all, 'cgroup-state')
  placeGroups(groups, register)
  const byTask = placeTasks(world, register)
  const byKill = placeUserspaceKills(ofKind(all, 'userspace-kill'), register)
  placeProcesses(processes, register)
  placeHost(register, target)
  placeLogs(world, register)

  const around = surroundings(world, clock.bootAt)
  const records = register.records.filter(({ infrastructure }) => !infrastructure)
  const only = onlyOne(records, byReport)
  return records.map((record) => {
    const mine = records.length === 1
    const owns = (one: Observation): boolean => mine || speaksOf(one, record, only)
    return {
      record,
      reports: byReport.get(record) ?? [],
      groups: groupsOf(record, groups, records.length === 1),
      processes: processes.filter(({ fact }) => livesIn(fact, record) || mine),
      runtimeOoms: ofKind(all, 'runtime-oom').filter(owns),
      hints: ofKind(all, 'log-hint').filter(owns),
      exits: record === only || mine ? ofKind(all, 'exit-status') : [],
      samples: record === only || mine ? (ofKind(all, 'memory-samples')[0] ?? null) : null,
      runtimeMemory: record === only || mine ? ofKind(all, 'runtime-memory') : [],
      kubernetesEvents: ofKind(all, 'kubernetes-event').filter(({ fact }) =>
        aboutPod(fact, record),
      ),
      mesos: byTask.get(record) ?? [],
      marathon:
        ofKind(all, 'marathon-app').find(({ fact }) => fact.app === record.subject.name) ?? null,
      userspaceKills: byKill.get(record) ?? [],
      faults: mine || record === only ? ofKind(all, 'kernel-fault') : [],
      around,
    }
  })
}

/** A group or process that the user named is the subject, whatever else the evidence speaks of. */
function claimTarget(register: SubjectRegister, target: Target | null): SubjectRecord | null {
  if (target?.kind === 'cgroup') {
    const record = register.add({
      platform: 'cgroup',
      name: target.path,
      id: target.path,
      image: null,
    })
    record.path = target.path
    return record
  }
  if (target?.kind === 'process') {
    return register.add({
      platform: 'process',
      name: null,
      id: String(target.pid),
      image: null,
    })
  }
  return null
}

/** One object per pod: a later listing replaces an earlier one. */
function latestPods(world: World): ReturnType<typeof ofKind<'pod-state'>> {
  const latest = new Map<string, ReturnType<typeof ofKind<'pod-state'>>[number]>()
  for (const pod of ofKind(world.observations, 'pod-state')) {
    const { uid, namespace, name } = pod.fact
    const key = uid ?? `${namespace}/${name}`
    const known = latest.get(key)
    // JSON and YAML tell more than `describe`: the object with the uid and limits stays.
    if (known === undefined || known.fact.uid === null) latest.set(key, pod)
  }
  const named = new Set(
    [...latest.values()].flatMap(({ fact }) =>
      fact.uid === null ? [] : [`${fact.namespace}/${fact.name}`],
    ),
  )
  return [...latest.values()].filter(
    ({ fact }) => fact.uid !== null || !named.has(`${fact.namespace}/${fact.name}`),
  )
}

function placeReports(
  reports: readonly Observation<OomReport>[],
  register: SubjectRegister,
  claimed: SubjectRecord | null,
  processes: readonly Observation<ProcessState>[],
): ReadonlyMap<SubjectRecord, readonly Observation<OomReport>[]> {
  const placed = new Map<SubjectRecord, Observation<OomReport>[]>()
  let before: { report: Observation<OomReport>; record: SubjectRecord } | null = null
  for (const report of reports) {
    const record: SubjectRecord =
      claimedFor(report.fact, claimed) ??
      recordFor(report, register, processes, before) ??
      register.add(hostOrUnknown(report.fact))
    placed.set(record, [...(placed.get(record) ?? []), report])
    before = { report, record }
  }
  return placed
}

function claimedFor(report: OomReport, claimed: SubjectRecord | null): SubjectRecord | null {
  if (claimed === null) return null
  if (claimed.subject.platform === 'process') {
    return report.kills.some(({ pid }) => String(pid) === claimed.subject.id) ? claimed : null
  }
  const path = claimed.path
  if (path === null) return null
  const inside = (one: string | null): boolean =>
    one !== null && (samePath(one, path) || isBelow(one, path))
  return inside(report.taskMemcg) || inside(report.oomMemcg) ? claimed : null
}

function recordFor(
  report: Observation<OomReport>,
  register: SubjectRegister,
  processes: readonly Observation<ProcessState>[],
  before: { report: Observation<OomReport>; record: SubjectRecord } | null,
): SubjectRecord | null {
  const { taskMemcg, oomMemcg, constraint } = report.fact
  const path = taskMemcg ?? oomMemcg ?? report.fact.groupKill
  if (path !== null) {
    const { containerId } = describeCgroupPath(path)
    // Without a container, a machine that ran out is its own subject, wherever the victim happened to live.
    if (containerId === null && constraint !== 'memcg' && constraint !== 'bpf') return null
    return register.atPath(path)
  }
  return rateLimited(report, before) ?? byVictim(report.fact, register, processes)
}

/** A kill line whose header was rate-limited belongs to the report whose task table has its PID. */
function rateLimited(
  report: Observation<OomReport>,
  before: { report: Observation<OomReport>; record: SubjectRecord } | null,
): SubjectRecord | null {
  if (before === null || !report.fact.missing.includes('summary')) return null
  const table = new Set(before.report.fact.processes.map(({ pid }) => pid))
  const listed = report.fact.kills.some(({ pid }) => table.has(pid))
  const sameWords = report.fact.constraint === before.report.fact.constraint
  const gap = gapSeconds(before.report, report)
  return listed || (sameWords && gap !== null && gap <= 1) ? before.record : null
}

function gapSeconds(a: Observation<OomReport>, b: Observation<OomReport>): number | null {
  const [bootA, bootB] = [a.fact.bootSeconds, b.fact.bootSeconds]
  if (bootA !== null && bootB !== null) return Math.abs(bootB - bootA)
  return a.at !== null && b.at !== null ? Math.abs(b.at - a.at) / 1_000 : null
}

function byVictim(
  report: OomReport,
  register: SubjectRegister,
  processes: readonly Observation<ProcessState>[],
): SubjectRecord | null {
  const victim = processes.find(({ fact }) => report.kills.some(({ pid }) => pid === fact.pid))
  const path = victim?.fact.cgroupPaths[0]
  return path === undefined ? null : register.atPath(path)
}

function hostOrUnknown(report: OomReport): SubjectRecord['subject'] {
  if (report.constraint === 'memcg') {
    const [first] = report.kills
    return {
      platform: 'unknown',
      name: first?.name ?? null,
      id: first === undefined ? null : String(first.pid),
      image: null,
    }
  }
  return HOST
}

const HOST: SubjectRecord['subject'] = { platform: 'host', name: null, id: null, image: null }

/**
 * Groups whose container is known go to it. Of the others, each that is neither above nor below a known subject is a
 * subject of its own.
 */
function placeGroups(groups: readonly Observation<CgroupState>[], register: SubjectRegister): void {
  for (const { fact } of groups) {
    if (fact.path === null || fact.path === '/') continue
    const identity = describeCgroupPath(fact.path)
    if (identity.containerId !== null) {
      register.atPath(fact.path)
      continue
    }
    const path = identity.path
    const related = register.records.some(
      (record) =>
        record.path !== null &&
        (samePath(record.path, path) || isBelow(record.path, path) || isBelow(path, record.path)),
    )
    const above = groups.some((other) => other.fact.path !== null && isBelow(other.fact.path, path))
    if (!related && !above) register.atPath(path)
  }
  const nameless = groups.some(({ fact }) => fact.path === null)
  if (nameless && register.records.length === 0) {
    register.add({ platform: 'cgroup', name: null, id: null, image: null })
  }
}

function groupsOf(
  record: SubjectRecord,
  groups: readonly Observation<CgroupState>[],
  isOnly: boolean,
): Groups {
  const own = latest(
    groups.filter(({ fact }) =>
      fact.path === null ? isOnly : record.path !== null && samePath(fact.path, record.path),
    ),
  )
  const { path } = record
  if (path === null) return { own, ancestors: [], nested: [] }
  const placed = groups.filter(({ fact }) => fact.path !== null)
  return {
    own,
    ancestors: placed
      .filter(({ fact }) => isBelow(path, fact.path ?? ''))
      .toSorted((a, b) => (b.fact.path?.length ?? 0) - (a.fact.path?.length ?? 0)),
    nested: placed.filter(({ fact }) => isBelow(fact.path ?? '', path)),
  }
}

/** The last one read: by its time, else by the order of the files. */
function latest(groups: readonly Observation<CgroupState>[]): Observation<CgroupState> | null {
  return groups.reduce<Observation<CgroupState> | null>(
    (best, next) => (best === null || (next.at ?? 0) >= (best.at ?? 0) ? next : best),
    null,
  )
}

function placeTasks(
  world: World,
  register: SubjectRegister,
): ReadonlyMap<SubjectRecord, ReturnType<typeof ofKind<'mesos-task'>>> {
  const byTask = new Map<SubjectRecord, ReturnType<typeof ofKind<'mesos-task'>>>()
  for (const update of ofKind(world.observations, 'mesos-task')) {
    const { taskId, app, containerId } = update.fact
    const record = register.add({
      platform: 'marathon',
      name: app ?? taskId ?? containerId,
      id: taskId ?? containerId,
      image: null,
    })
    byTask.set(record, [...(byTask.get(record) ?? []), update])
  }
  return byTask
}

function placeUserspaceKills(
  kills: readonly Observation<UserspaceKill>[],
  register: SubjectRegister,
): ReadonlyMap<SubjectRecord, readonly Observation<UserspaceKill>[]> {
  const byKill = new Map<SubjectRecord, Observation<UserspaceKill>[]>()
  for (const kill of kills) {
    const { cgroup, name, pid } = kill.fact
    const record =
      cgroup !== null && cgroup.startsWith('/')
        ? register.atPath(cgroup)
        : register.records.length === 1 && register.records[0] !== undefined
          ? register.records[0]
          : register.add({
              platform: 'process',
              name: name ?? cgroup,
              id: pid === null ? null : String(pid),
              image: null,
            })
    byKill.set(record, [...(byKill.get(record) ?? []), kill])
  }
  return byKill
}

function placeProcesses(
  processes: readonly Observation<ProcessState>[],
  register: SubjectRegister,
): void {
  for (const record of register.records) {
    if (record.path !== null) continue
    const main = processes.find(({ fact }) =>
      record.states.some((state) => state.fact.pid !== null && state.fact.pid === fact.pid),
    )
    const path = main?.fact.cgroupPaths[0]
    if (path !== undefined) record.path = describeCgroupPath(path).containerPath ?? path
  }
  const [first] = processes
  if (register.records.length > 0 || first === undefined) return
  register.add({
    platform: 'process',
    name: first.fact.name,
    id: String(first.fact.pid),
    image: null,
  })
}

function placeHost(register: SubjectRegister, target: Target | null): void {
  if (target?.kind === 'host' && register.records.length === 0) register.add(HOST)
}

/** A program's log without anything that names its container is a subject without a name. */
function placeLogs(world: World, register: SubjectRegister): void {
  const speaks =
    ofKind(world.observations, 'runtime-oom').length > 0 ||
    ofKind(world.observations, 'exit-status').length > 0
  if (register.records.length === 0 && speaks) {
    register.add({ platform: 'unknown', name: null, id: null, image: null })
  }
}

function surroundings(world: World, bootAt: number | null): Surroundings {
  const all = world.observations
  return {
    hostMemory: ofKind(all, 'host-memory').at(-1) ?? null,
    hostStates: ofKind(all, 'host-state'),
    node: ofKind(all, 'node-state').at(-1) ?? null,
    coverage: ofKind(all, 'kernel-log-coverage'),
    panics: ofKind(all, 'kernel-panic'),
    suppressed: ofKind(all, 'suppressed-reports'),
    bootAt,
  }
}

/** The one subject that evidence without a name must mean: the only one, or the only one that was killed in. */
function onlyOne(
  records: readonly SubjectRecord[],
  byReport: ReadonlyMap<SubjectRecord, readonly unknown[]>,
): SubjectRecord | null {
  const [first, ...others] = records
  if (others.length === 0) return first ?? null
  const killed = records.filter((record) => (byReport.get(record)?.length ?? 0) > 0)
  return killed.length === 1 ? (killed[0] ?? null) : null
}

/** A log file is about the subject whose name or id stands in its path; without any such, about the only one. */
function speaksOf(one: Observation, record: SubjectRecord, only: SubjectRecord | null): boolean {
  const file = one.from.split('/').at(-1)?.replace(/:\d+$/, '') ?? ''
  const ids = [...record.containerIds, ...(record.podUid === null ? [] : [record.podUid])]
  if (ids.some((id) => one.from.includes(id) || file.includes(id.slice(0, 12)))) {
    return record.podContainer === null || file.includes(record.podContainer.name)
  }
  const { name } = record.subject
  if (name !== null && containsWord(file, name.split('/').at(-1) ?? name)) {
    return record.pod === null || containsWord(file, record.pod.fact.name)
  }
  return record === only && !/^k8s_|_k8s_|-k8s_/.test(file)
}

function containsWord(text: string, word: string): boolean {
  const at = text.indexOf(word)
  if (at === -1 || word === '') return false
  const before = text.charAt(at - 1)
  const after = text.charAt(at + word.length)
  return !/[A-Za-z0-9]/.test(before) && !/[A-Za-z0-9]/.test(after)
}

function livesIn(process: ProcessState, record: SubjectRecord): boolean {
  return process.cgroupPaths.some((path) => {
    if (record.path !== null && (samePath(path, record.path) || isBelow(path, record.path))) {
      return true
    }
    const { containerId } = describeCgroupPath(path)
    return containerId !== null && record.containerIds.has(containerId)
  })
}

function aboutPod(event: KubernetesEvent, record: SubjectRecord): boolean {
  if ([...record.containerIds].some((id) => event.message.includes(id))) return true
  if (record.podUid !== null && event.objectUid !== null) return record.podUid === event.objectUid
  const [namespace, pod] =
    record.subject.platform === 'kubernetes' ? (record.subject.name?.split('/') ?? []) : []
  return (
    pod !== undefined && pod === event.objectName && (event.namespace ?? namespace) === namespace
  )
}
