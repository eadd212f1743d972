/** Subjects that lists, events and notes alone tell of: no engine was asked about them. */
import type { KubernetesEvent } from '../../model/cluster.ts'
import type { Observation } from '../../model/evidence.ts'
import type { ExitStatus } from '../../model/facts.ts'
import type { Subject } from '../../model/subject.ts'
import type { SubjectRecord, SubjectRegister } from '../subjects.ts'
import { aboutPod } from './belonging.ts'

/** Which subject each note is about that names one. */
export function placeExits(
  exits: readonly Observation<ExitStatus>[],
  register: SubjectRegister,
): ReadonlyMap<SubjectRecord, readonly Observation<ExitStatus>[]> {
  const byRecord = new Map<SubjectRecord, Observation<ExitStatus>[]>()
  for (const exit of exits) {
    const { subject } = exit.fact
    if (subject === undefined) continue
    const record = knownAs(subject, register) ?? register.add(subject)
    byRecord.set(record, [...(byRecord.get(record) ?? []), exit])
  }
  return byRecord
}

function knownAs({ name, id }: Subject, register: SubjectRegister): SubjectRecord | null {
  const byId = id === null ? null : register.byContainerId(id)
  if (byId !== null || name === null) return byId
  const [below, docker, podman] = [`/${name}`, `docker:${name}`, `podman:${name}`]
  return (
    register.records.find(
      ({ subject, engineNames }) =>
        subject.name === name ||
        subject.name?.endsWith(below) === true ||
        engineNames.has(docker) ||
        engineNames.has(podman),
    ) ?? null
  )
}

/** Each is held against all events. A node that evicts for hours leaves more of them, and all tell the same. */
const MOST_EVICTED = 200

/**
 * A pod that was evicted for memory is a subject by its event alone, which lists of events often keep longer than the pod.
 * Where somebody asks for another one, it is none.
 */
export function placeEvicted(
  events: readonly Observation<KubernetesEvent>[],
  register: SubjectRegister,
): void {
  const evicted = events.filter(
    ({ fact }) =>
      fact.reason === 'Evicted' && fact.objectKind === 'Pod' && /memory/i.test(fact.message),
  )
  for (const { fact } of evicted.slice(-MOST_EVICTED)) {
    if (register.records.some((record) => aboutPod(fact, record))) continue
    const { namespace, objectName, objectUid } = fact
    const name = namespace === null ? objectName : `${namespace}/${objectName}`
    register.add({ platform: 'kubernetes', name, id: objectUid, image: null })
  }
}
