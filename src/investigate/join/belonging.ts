/** Whether a piece of evidence that carries no cgroup path is about a subject. */
import { describeCgroupPath } from '../../evidence/cgroup-path.ts'
import type { Observation } from '../../model/evidence.ts'
import type { KubernetesEvent, Workload } from '../../model/cluster.ts'
import type { BlackBox, ProcessState } from '../../model/facts.ts'
import { podNameOf } from '../../model/subject.ts'
import { isBelow, samePath } from '../../verdict/reading.ts'
import type { SubjectRecord } from '../subjects.ts'

/** The one subject that evidence without a name must mean: the only one, or the only one that was killed in. */
export function onlyOne(
  records: readonly SubjectRecord[],
  byReport: ReadonlyMap<SubjectRecord, readonly unknown[]>,
): SubjectRecord | null {
  const [first, ...others] = records
  if (others.length === 0) return first ?? null
  const killed = records.filter((record) => (byReport.get(record)?.length ?? 0) > 0)
  return killed.length === 1 ? (killed[0] ?? null) : null
}

/** A log file is about the subject whose name or id stands in its path; without any such, about the only one. */
export function speaksOf(
  one: Observation,
  record: SubjectRecord,
  records: readonly SubjectRecord[],
  only: SubjectRecord | null,
): boolean {
  if (records.length === 1) return true
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

/** The process runs in the subject's group or container. */
export function livesIn(process: ProcessState, record: SubjectRecord): boolean {
  return process.cgroupPaths.some((path) => {
    if (record.path !== null && (samePath(path, record.path) || isBelow(path, record.path))) {
      return true
    }
    const { containerId } = describeCgroupPath(path)
    return containerId !== null && record.containerIds.has(containerId)
  })
}

/** A service knows its group and its machine by the names that it sees; where those say nothing, it is the only subject there is. */
export function isBlackBoxOf(
  box: BlackBox,
  record: SubjectRecord,
  records: readonly SubjectRecord[],
  isOnly: boolean,
): boolean {
  if (isNamedBy(box, record)) return true
  return isOnly && !namesAnother(box, record) && !records.some((other) => isNamedBy(box, other))
}

function isNamedBy(box: BlackBox, record: SubjectRecord): boolean {
  const group = groupOf(box)
  const id = containerOf(box)
  return (
    (group !== null && record.path !== null && record.path.endsWith(group)) ||
    (id !== null && [...record.containerIds].some((own) => own.startsWith(id))) ||
    (box.host !== null && record.pod?.fact.name === box.host)
  )
}

function namesAnother(box: BlackBox, record: SubjectRecord): boolean {
  return (
    (groupOf(box) !== null && record.path !== null) ||
    (containerOf(box) !== null && record.containerIds.size > 0)
  )
}

/** The root of a namespace of its own is no name. */
function groupOf({ path }: BlackBox): string | null {
  return path === '/' ? null : path
}

function containerOf({ host }: BlackBox): string | null {
  return host !== null && /^[0-9a-f]{12}$/.test(host) ? host : null
}

/** The event is about the subject's pod, or names one of its containers. */
export function aboutPod(event: KubernetesEvent, record: SubjectRecord): boolean {
  if ([...record.containerIds].some((id) => event.message.includes(id))) return true
  const { container } = event
  if (container !== undefined && (record.podContainer?.name ?? container) !== container) {
    return false
  }
  if (record.podUid !== null && event.objectUid !== null) return record.podUid === event.objectUid
  const { namespace, pod } = podNameOf(record.subject)
  if (pod !== event.objectName) return false
  return pod === null
    ? isNamelessPod(record) && event.objectKind === 'Pod'
    : (event.namespace ?? namespace) === namespace
}

/** Nothing but its end is known of it. */
function isNamelessPod({ subject }: SubjectRecord): boolean {
  return subject.platform === 'kubernetes' && subject.name === null && subject.id === null
}

/** The pod that the subject is a part of belongs to it. */
export function isWorkloadOf({ namespace, pod }: Workload, { subject }: SubjectRecord): boolean {
  return (
    subject.platform === 'kubernetes' && subject.name?.startsWith(`${namespace}/${pod}/`) === true
  )
}
