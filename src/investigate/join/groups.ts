/** Which memory groups belong to which subject. */
import { describeCgroupPath } from '../../evidence/cgroup-path.ts'
import type { Observation } from '../../model/evidence.ts'
import type { CgroupState } from '../../model/facts.ts'
import { isBelow, samePath } from '../../verdict/reading.ts'
import type { Groups } from '../../verdict/incident.ts'
import type { SubjectRecord, SubjectRegister } from '../subjects.ts'

/**
 * Groups whose container is known go to it. Of the others, each that is neither above nor below a known subject is a
 * subject of its own.
 */
export function placeGroups(
  groups: readonly Observation<CgroupState>[],
  register: SubjectRegister,
): void {
  placeByParent(groups, register)
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
  const nameless = groups.some(({ fact }) => fact.path === null && fact.container === undefined)
  if (nameless && register.records.length === 0) {
    register.add({ platform: 'cgroup', name: null, id: null, image: null })
  }
}

/** Docker's cgroupfs driver makes a container's group below the parent that inspect names; with systemd it is a slice. */
function placeByParent(
  groups: readonly Observation<CgroupState>[],
  register: SubjectRegister,
): void {
  for (const record of register.records) {
    const state = record.states.at(-1)?.fact
    const parent = state?.cgroupParent ?? null
    if (record.path !== null || state === undefined || parent === null) continue
    const wasRead = groups.some(({ fact }) => fact.path !== null && samePath(fact.path, parent))
    if (wasRead) register.placeAt(record, `${parent}/${state.id}`)
  }
}

/** The subject's own group, and those above and below it. */
export function groupsOf(
  record: SubjectRecord,
  groups: readonly Observation<CgroupState>[],
  isOnly: boolean,
): Groups {
  const { path } = record
  const named = groups.filter(({ fact }) => {
    if (fact.container !== undefined) return record.containerIds.has(fact.container)
    return path !== null && fact.path !== null && samePath(fact.path, path)
  })
  const nameless = groups.filter(
    ({ fact }) => isOnly && fact.container === undefined && fact.path === null,
  )
  // What says nowhere whose it is may be that of a neighbour, or of the pod.
  const own = latest(named) ?? latest(nameless)
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
