/** Subjects that neither engine nor kernel report names: tasks, victims of user-space killers, processes, nameless logs. */
import { describeCgroupPath } from '../../evidence/cgroup-path.ts'
import type { Observation, World } from '../../model/evidence.ts'
import type { MesosTaskUpdate } from '../../model/cluster.ts'
import type { ProcessState } from '../../model/facts.ts'
import type { UserspaceKill } from '../../model/kernel.ts'
import type { Target } from '../../model/subject.ts'
import { ofKind } from '../of-kind.ts'
import type { PlacedPanics } from './panics.ts'
import { HOST, type SubjectRecord, type SubjectRegister } from '../subjects.ts'

export function placeTasks(
  world: World,
  register: SubjectRegister,
): ReadonlyMap<SubjectRecord, readonly Observation<MesosTaskUpdate>[]> {
  const byTask = new Map<SubjectRecord, readonly Observation<MesosTaskUpdate>[]>()
  for (const update of ofKind(world.observations, 'mesos-task')) {
    const { taskId, app, containerId } = update.fact
    const record = register.add({
      platform: 'marathon',
      name: app ?? taskId ?? containerId,
      id: taskId ?? containerId,
      image: null,
    })
    if (containerId !== null) record.containerIds.add(containerId)
    byTask.set(record, [...(byTask.get(record) ?? []), update])
  }
  return byTask
}

export function placeUserspaceKills(
  kills: readonly Observation<UserspaceKill>[],
  register: SubjectRegister,
): ReadonlyMap<SubjectRecord, readonly Observation<UserspaceKill>[]> {
  const byKill = new Map<SubjectRecord, Observation<UserspaceKill>[]>()
  for (const kill of kills) {
    for (const record of victimsOf(kill.fact, register)) {
      byKill.set(record, [...(byKill.get(record) ?? []), kill])
    }
  }
  return byKill
}

function victimsOf(
  { cgroup, name, pid }: UserspaceKill,
  register: SubjectRegister,
): readonly SubjectRecord[] {
  if (cgroup?.startsWith('/') === true) {
    const within = register.records.filter((record) => livesBelow(record, cgroup))
    return within.length > 0 ? within : [register.atPath(cgroup)]
  }
  if (register.records.length === 1) return register.records
  const id = pid === null ? null : String(pid)
  return [register.add({ platform: 'process', name: name ?? cgroup, id, image: null })]
}

/** Whole groups are killed: a slice, or a pod with all its containers. */
function livesBelow({ path, podUid }: SubjectRecord, group: string): boolean {
  if (path?.startsWith(`${group}/`) === true) return true
  const killed = describeCgroupPath(group)
  return killed.containerId === null && killed.podUid !== null && killed.podUid === podUid
}

export function placeProcesses(
  processes: readonly Observation<ProcessState>[],
  register: SubjectRegister,
): void {
  for (const record of register.records) {
    if (record.path !== null) continue
    const main = processes.find(({ fact }) =>
      record.states.some((state) => state.fact.pid !== null && state.fact.pid === fact.pid),
    )
    const path = main?.fact.cgroupPaths[0]
    if (path !== undefined) {
      register.placeAt(record, describeCgroupPath(path).containerPath ?? path)
    }
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

/** The machine is a subject where the user asks for it, or where it panicked without naming anybody. */
export function placeHost(
  register: SubjectRegister,
  target: Target | null,
  panics: PlacedPanics,
): void {
  const asked = target?.kind === 'host' && register.records.length === 0
  if (asked || panics.alone.length > 0) register.add(HOST)
}

/** A program's log without anything that names its container is a subject without a name. */
export function placeLogs(world: World, register: SubjectRegister): void {
  const speaks =
    ofKind(world.observations, 'runtime-oom').length > 0 ||
    ofKind(world.observations, 'exit-status').length > 0
  if (register.records.length === 0 && speaks) {
    register.add({ platform: 'unknown', name: null, id: null, image: null })
  }
}
