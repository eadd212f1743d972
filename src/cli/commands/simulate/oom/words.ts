import { counted } from '../../../../model/counted.ts'
import { formatBytes } from '../../../../model/bytes.ts'
import type { RankedProcess } from '../../../../simulate/oom/candidate.ts'
import type { AppliedAdjustment, SparingAdjustment } from '../../../../simulate/oom/changes.ts'
import type { OomEvidence } from '../../../../simulate/oom/evidence.ts'
import { isCloseCall, type OomSimulation } from '../../../../simulate/oom/simulate.ts'
import { sizeWithBytes } from '../../../../report/size.ts'

/** All that there is to tell. */
export interface Told {
  /** With the changes. */
  evidence: OomEvidence
  simulation: OomSimulation
  /** Without the changes; null where there are none, or where it cannot be told. */
  before: OomSimulation | null
  applied: readonly AppliedAdjustment[]
  oomGroup: boolean | null
  spare: SparingAdjustment | null
}

/** The answer in one line. */
export function headline({ evidence, simulation }: Told): string {
  const { outcome, chosen, victims, groupPath } = simulation
  const [victim] = victims
  const { scope, panicOnOom } = evidence.setting
  switch (outcome) {
    case 'panic':
      return `Nobody would be killed: the kernel would panic, for vm.panic_on_oom is ${panicOnOom}.`
    case 'asleep':
      return 'Nobody would be killed: the OOM killer is turned off for this group, and its processes would sleep.'
    case 'allocating-task':
      return 'Whoever asks for memory at that moment would be killed: vm.oom_kill_allocating_task is set.'
    case 'group':
      return `All of ${groupPath} would be killed, ${counted(victims.length, 'process', 'processes')}: ${nameOf(victim)} decides it${withBadness(victim)}.`
    case 'child':
      return `${nameOf(victim)} would be killed in place of its parent ${nameOf(chosen)}${withBadness(chosen)}.`
    case 'one':
      return `${nameOf(victim)} would be killed${withBadness(victim)}.`
    case 'nobody':
      return scope === 'host'
        ? 'Nothing could be killed, and the kernel would panic.'
        : 'Nothing could be killed: what asks for memory there fails or waits.'
  }
}

/** Why, one sentence each. */
export function reasons(told: Told): string[] {
  return [
    ...formula(told),
    ...sum(told),
    ...next(told),
    ...room(told),
    ...changed(told),
    ...sparing(told),
    ...particular(told),
    ...compared(told),
  ]
}

function formula({ evidence }: Told): string[] {
  const { scale, scope, path } = evidence.setting
  const where =
    scope === 'host'
      ? 'The machine runs out: every process is a candidate.'
      : `The limit of ${path ?? 'a group'}${evidence.limitBytes === null ? '' : `, ${sizeWithBytes(evidence.limitBytes)},`} is reached: the candidates are the processes in it and below it.`
  if (scale.totalPages === null) return [where]
  const totalBytes = scale.totalPages * scale.pageSizeBytes
  const swapBytes = evidence.limitBytes === null ? 0 : totalBytes - evidence.limitBytes
  const total =
    scope === 'host'
      ? `RAM and swap, ${sizeWithBytes(totalBytes)}`
      : swapBytes >= scale.pageSizeBytes
        ? `the limit and ${formatBytes(swapBytes)} of swap`
        : 'the limit'
  return [
    where,
    `badness = (resident + swap + page tables) in thousandths of ${total}, + oom_score_adj.`,
  ]
}

function sum({ evidence, simulation }: Told): string[] {
  const { chosen } = simulation
  if (chosen === null) return []
  const parts = [
    ['resident', chosen.rssBytes],
    ['swap', chosen.swapBytes],
    ['page tables', chosen.pageTableBytes],
  ] as const
  const words = parts.map(([name, bytes]) => `${name} ${bytes === null ? '?' : formatBytes(bytes)}`)
  const bytes = parts.reduce((total, [, part]) => total + (part ?? 0), 0)
  const { totalPages, pageSizeBytes } = evidence.setting.scale
  const share =
    totalPages === null
      ? ''
      : `, ${Math.floor((bytes * 1000) / (totalPages * pageSizeBytes))} thousandths`
  const bonus =
    evidence.setting.rules.rootBonus && chosen.uid === 0
      ? '; 3 % of that are taken off for root (kernels before 4.17)'
      : ''
  return [
    `${nameOf(chosen)}: ${words.join(' + ')} = ${formatBytes(bytes)}${share}${bonus}; oom_score_adj ${chosen.oomScoreAdj}.`,
  ]
}

function next({ evidence, simulation }: Told): string[] {
  const { chosen, ranking, outcome } = simulation
  const second = ranking.find((one) => one !== chosen && one.spared === null)
  if (chosen === null || outcome === 'group') return []
  if (second === undefined) return ['Nobody else could be chosen.']
  const { behindBytes } = second
  if (behindBytes === null) return []
  const gap = `Next is ${nameOf(second)}, ${formatBytes(behindBytes)} behind`
  if (isCloseCall(simulation, evidence.blurBytes)) {
    return [
      `${gap}: too close to call, for the kernel counts memory in batches for each CPU and does not see the last of it.`,
    ]
  }
  if (behindBytes > 0) return [`${gap}.`]
  return [
    `${nameOf(second)} scores the same; of equals this kernel takes the one that it meets ${evidence.setting.rules.ofEquals}.`,
  ]
}

function room({ evidence, simulation }: Told): string[] {
  const { roomBytes } = evidence
  if (roomBytes === null || simulation.chosen === null) return []
  const left = `${sizeWithBytes(roomBytes)} can still be taken`
  const near = simulation.ranking.filter(
    ({ behindBytes }) => behindBytes !== null && behindBytes > 0 && behindBytes <= roomBytes,
  )
  return near.length === 0
    ? [`${left}: too little for anybody to overtake it.`]
    : [`${left}: ${counted(near.length, 'process', 'processes')} could grow past it before that.`]
}

function changed({ before, simulation, applied, oomGroup, evidence }: Told): string[] {
  const adjusted = applied.map(
    ({ pid, name, from, to }) => `oom_score_adj of ${name} (PID ${pid}) ${from ?? '?'} -> ${to}`,
  )
  const isIgnored = oomGroup !== null && evidence.cgroupVersion === 1
  const group = oomGroup === null || isIgnored ? [] : [`memory.oom.group ${oomGroup ? 1 : 0}`]
  const ignored = isIgnored
    ? ['cgroup v1 has no memory.oom.group: --oom-group changes nothing.']
    : []
  const changes = [...adjusted, ...group]
  if (changes.length === 0) return ignored
  const was = before?.victims.map(nameOf) ?? []
  const now = simulation.victims.map(nameOf)
  const same = was.toSorted().join() === now.toSorted().join()
  const effect =
    before === null
      ? 'what would happen without it is not known'
      : same
        ? 'this does not change who dies'
        : `without it ${was.length === 0 ? 'nobody' : listed(was)} would be killed`
  return [`As if ${changes.join(', ')}: ${effect}.`, ...ignored]
}

function sparing({ spare, simulation }: Told): string[] {
  if (spare === null || simulation.chosen === null) return []
  const { oomScoreAdj, next: other } = spare
  return [
    `With oom_score_adj ${oomScoreAdj} or less in place of ${simulation.chosen.oomScoreAdj}, ${nameOf(other)} would be chosen; lowering it needs CAP_SYS_RESOURCE.`,
  ]
}

function particular({ evidence, simulation }: Told): string[] {
  const { setting, cgroupVersion, kernelVersion } = evidence
  const sentences: string[] = []
  if (setting.scope === 'memory-group' && setting.killsAllocatingTask === true) {
    sentences.push('vm.oom_kill_allocating_task is set; it does not count where a group is full.')
  }
  if (cgroupVersion === 1 && simulation.outcome === 'one' && setting.scope === 'memory-group') {
    sentences.push('cgroup v1 kills one process, never the group: the rest of it lives on.')
  }
  if (setting.rules.sacrificesChild && setting.candidates.every((one) => one.parentPid === null)) {
    sentences.push(
      `Linux ${kernelVersion} kills a child in place of its parent (before 5.1); who is whose child is not known here.`,
    )
  }
  return sentences
}

function compared({ evidence, simulation, applied, oomGroup }: Told): string[] {
  const { killed } = evidence
  if (killed === null || killed.length === 0 || applied.length > 0 || oomGroup !== null) return []
  const { victims } = simulation
  if (victims.some(({ pid }) => killed.some((one) => one.pid === pid))) {
    return ['That is whom the kernel did kill.']
  }
  const child = killed.find(({ inPlaceOf }) => inPlaceOf?.pid === victims[0]?.pid)
  return child === undefined
    ? [`The kernel killed ${listed(killed.map(nameOf))} instead.`]
    : [`The kernel did choose it, and killed its child ${nameOf(child)} in its place.`]
}

function nameOf(process: Pick<RankedProcess, 'pid' | 'name'> | null | undefined): string {
  return process === null || process === undefined ? '?' : `${process.name} (PID ${process.pid})`
}

function withBadness(process: RankedProcess | null | undefined): string {
  const badness = process?.badness ?? null
  return badness === null ? '' : `, with badness ${badness}`
}

const LISTED = 5

function listed(names: readonly string[]): string {
  const more = names.length - LISTED
  return more > 0 ? `${names.slice(0, LISTED).join(', ')} and ${more} more` : names.join(', ')
}
