/** What kubelets tell of the memory of pods and their containers: which subject it is about. */
import { describeCgroupPath } from '../../evidence/cgroup-path.ts'
import type { Observation } from '../../model/evidence.ts'
import type { KubeletFigures } from '../../model/kubelet.ts'
import type { SubjectRecord, SubjectRegister } from '../subjects.ts'

/** A kubelet runs 110 pods by default. */
const MOST_SUBJECTS = 200

/** Their containers are subjects by themselves only where nobody else is: a page tells of every pod of its node. */
export function placeFigures(
  figures: readonly Observation<KubeletFigures>[],
  register: SubjectRegister,
): void {
  if (register.records.length > 0) return
  const containers = figures.filter(({ fact }) => fact.container !== null)
  for (const { fact } of containers.slice(0, MOST_SUBJECTS)) {
    const { image, podUid, path } = fact
    const record = register.add({ platform: 'kubernetes', name: nameOf(fact), id: podUid, image })
    record.podUid = podUid
    if (path !== null && record.path === null) register.placeAt(record, path)
  }
}

/** Of all lives of the subject. */
export function figuresOf(
  record: SubjectRecord,
  figures: ReadonlyMap<string, readonly Observation<KubeletFigures>[]>,
): readonly Observation<KubeletFigures>[] {
  const { subject, podUid, containerIds } = record
  if (subject.platform !== 'kubernetes' || subject.name === null) return []
  return (figures.get(subject.name) ?? []).filter(({ fact }) => {
    if (podUid !== null && fact.podUid !== null && podUid !== fact.podUid) return isStatic(record)
    const id = fact.path === null ? null : describeCgroupPath(fact.path).containerId
    return id === null || containerIds.size === 0 || containerIds.has(id)
  })
}

/** The group of a static pod has the hash of its manifest, and not its uid. */
function isStatic({ pod }: SubjectRecord): boolean {
  return pod?.fact.controller?.kind === 'Node'
}

/** By `namespace/pod/container`, as subjects are named. */
export function figuresByName(
  figures: readonly Observation<KubeletFigures>[],
): ReadonlyMap<string, readonly Observation<KubeletFigures>[]> {
  return Map.groupBy(figures, ({ fact }) => nameOf(fact))
}

function nameOf({ namespace, pod, container }: KubeletFigures): string {
  return [namespace, pod, container].filter((word) => word !== null).join('/')
}
