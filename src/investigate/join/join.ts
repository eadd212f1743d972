/** Joins a world into its subjects: each observation goes to the subject it speaks of, or to all of them. */
import type { Observation, World } from '../../model/evidence.ts'
import type { PodState } from '../../model/cluster.ts'
import type { HostMemory } from '../../model/facts.ts'
import type { OomReport } from '../../model/kernel.ts'
import type { Target } from '../../model/subject.ts'
import { scoredWithSwap } from '../../parsers/kernel-log/score.ts'
import { isBrokenOff, mergeRenderings } from '../renderings.ts'
import { ofKind } from '../of-kind.ts'
import { shiftCoverage, zoneShift } from '../zone.ts'
import type { SubjectEvidence, Surroundings } from '../subject-evidence.ts'
import { SubjectRegister, type SubjectRecord } from '../subjects.ts'
import { aboutPod, isBlackBoxOf, isWorkloadOf, livesIn, onlyOne, speaksOf } from './belonging.ts'
import { figuresByName, figuresOf, placeFigures } from './figures.ts'
import { groupsOf, placeGroups } from './groups.ts'
import { placeEvicted, placeExits } from './notes.ts'
import { placePanics } from './panics.ts'
import { placeReports } from './kernel-reports.ts'
import { placeHost, placeLogs, placeProcesses, placeTasks, placeUserspaceKills } from './others.ts'
import { workloadsOf } from './workloads.ts'

export function joinSubjects(world: World, target: Target | null): readonly SubjectEvidence[] {
  const all = world.observations
  const merged = mergeRenderings(ofKind(all, 'kernel-oom'), ofKind(all, 'host-state'))
  const shift = zoneShift(merged.reports, {
    states: ofKind(all, 'container-state'),
    events: ofKind(all, 'container-event'),
    pods: ofKind(all, 'pod-state'),
  })
  const { bootAt } = merged.clock
  const clock = { bootAt: bootAt === null ? null : bootAt + shift }
  const dated = merged.reports.map((report) =>
    shift === 0 || report.at === null ? report : { ...report, at: report.at + shift },
  )
  const reports = withScores(dated, ofKind(all, 'host-memory'))
  const register = new SubjectRegister()
  const claimed = claimTarget(register, target)

  const pods = latestPods(world)
  for (const pod of pods) register.addPod(pod)
  const kubernetesEvents = ofKind(all, 'kubernetes-event')
  for (const { fact } of kubernetesEvents) register.addPodEvent(fact, target)
  for (const state of ofKind(all, 'container-state')) register.addState(state)
  for (const event of ofKind(all, 'container-event')) register.addEvent(event)
  const processes = ofKind(all, 'process-state')
  const byReport = placeReports(reports, register, claimed, processes)
  const groups = ofKind(all, 'cgroup-state')
  placeGroups(groups, register)
  const byTask = placeTasks(world, register)
  const byKill = placeUserspaceKills(ofKind(all, 'userspace-kill'), register)
  placeProcesses(processes, register)
  const panics = placePanics(ofKind(all, 'kernel-panic'), reports)
  placeHost(register, target, panics)
  if (target === null) placeEvicted(kubernetesEvents, register)
  const figures = ofKind(all, 'kubelet-figures')
  placeFigures(figures, register)
  const byExit = placeExits(ofKind(all, 'exit-status'), register)
  placeLogs(world, register)

  const around = surroundings(world, clock.bootAt, reports, shift)
  const records = register.records.filter(({ infrastructure }) => !infrastructure)
  const only = onlyOne(records, byReport)
  const nameless = namelessEvidence(world)
  const workloads = [
    ...ofKind(all, 'workload'),
    ...workloadsOf(pods, ofKind(all, 'workload-version')),
  ]
  const apps = ofKind(all, 'marathon-app')
  const tasks = ofKind(all, 'mesos-task')
  const launches = ofKind(all, 'marathon-launch')
  const blackBoxes = ofKind(all, 'black-box')
  const figuresNamed = figuresByName(figures)
  return records.map((record) => {
    const isOnly = record === only
    const { runtimeOoms, hints } = nameless
    return {
      record,
      reports: byReport.get(record) ?? [],
      groups: groupsOf(record, groups, records.length === 1),
      processes: processes.filter(({ fact }) => livesIn(fact, record) || records.length === 1),
      runtimeOoms: runtimeOoms.filter((one) => speaksOf(one, record, records, only)),
      hints: hints.filter((one) => speaksOf(one, record, records, only)),
      exits: byExit.get(record) ?? (isOnly ? nameless.exits : []),
      samples: isOnly ? nameless.samples : null,
      blackBoxes: blackBoxes.filter(({ fact }) => isBlackBoxOf(fact, record, records, isOnly)),
      looks: nameless.looks,
      runtimeMemory: isOnly ? nameless.runtimeMemory : [],
      kubernetesEvents: kubernetesEvents.filter(({ fact }) => aboutPod(fact, record)),
      workload: workloads.find(({ fact }) => isWorkloadOf(fact, record)) ?? null,
      figures: figuresOf(record, figuresNamed),
      mesos: byTask.get(record) ?? [],
      marathon: apps.find(({ fact }) => fact.app === record.subject.name) ?? null,
      tasksOfApp: tasks.filter(({ fact }) => fact.app !== null && fact.app === record.subject.name),
      launch: launches.findLast(({ fact }) => fact.app === record.subject.name) ?? null,
      userspaceKills: byKill.get(record) ?? [],
      panics:
        record.subject.platform === 'host' ? panics : { byReport: panics.byReport, alone: [] },
      faults: isOnly ? nameless.faults : [],
      around,
    }
  })
}

/** Memory groups' reports keep silent about the machine's swap, which their scores depend on. */
function withScores(
  reports: readonly Observation<OomReport>[],
  hostMemory: readonly Observation<HostMemory>[],
): readonly Observation<OomReport>[] {
  const swap = hostMemory.at(-1)?.fact.swapTotalBytes ?? null
  if (swap === null) return reports
  return reports.map((report) => ({ ...report, fact: scoredWithSwap(report.fact, swap) }))
}

/** Evidence that carries no name of its subject: it belongs to the only one there is, or to none. */
function namelessEvidence(
  world: World,
): Pick<
  SubjectEvidence,
  'runtimeOoms' | 'hints' | 'exits' | 'samples' | 'looks' | 'runtimeMemory' | 'faults'
> {
  const all = world.observations
  const guarded = new Set(ofKind(all, 'black-box').map(({ from }) => from))
  const samples = ofKind(all, 'memory-samples')
  return {
    runtimeOoms: ofKind(all, 'runtime-oom'),
    hints: ofKind(all, 'log-hint'),
    exits: ofKind(all, 'exit-status').filter(({ fact }) => fact.subject === undefined),
    samples: samples.find(({ from }) => !guarded.has(from)) ?? null,
    looks: samples.filter(({ from }) => guarded.has(from)),
    runtimeMemory: ofKind(all, 'runtime-memory'),
    faults: ofKind(all, 'kernel-fault'),
  }
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
    register.placeAt(record, target.path)
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
function latestPods(world: World): readonly Observation<PodState>[] {
  const latest = new Map<string, Observation<PodState>>()
  for (const pod of ofKind(world.observations, 'pod-state')) {
    const { uid, namespace, name } = pod.fact
    const key = uid ?? `${namespace}/${name}`
    const known = latest.get(key)
    // JSON and YAML tell more than `describe`: the object with the uid and limits stays. A watch tells it again and again.
    if (known === undefined || known.fact.uid === null || uid !== null) latest.set(key, pod)
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

function surroundings(
  world: World,
  bootAt: number | null,
  reports: readonly Observation<OomReport>[],
  shift: number,
): Surroundings {
  const all = world.observations
  return {
    hostMemory: ofKind(all, 'host-memory').at(-1) ?? null,
    hostStates: ofKind(all, 'host-state'),
    node: ofKind(all, 'node-state').at(-1) ?? null,
    kubelet: ofKind(all, 'kubelet-settings').at(-1) ?? null,
    coverage: ofKind(all, 'kernel-log-coverage').map((one) => shiftCoverage(one, shift)),
    unplaced: reports.filter(({ fact }) => isBrokenOff(fact) || isGroupless(fact)),
    suppressed: ofKind(all, 'suppressed-reports'),
    bootAt,
  }
}

/** "Memory cgroup out of memory: Killed process …" alone: of which group is lost. */
function isGroupless({ constraint, oomMemcg, taskMemcg }: OomReport): boolean {
  return constraint === 'memcg' && oomMemcg === null && taskMemcg === null
}
