/** What pods belong to: as somebody who asked the cluster was told, or as lists of it show. */
import type { PodController, PodState, Workload, WorkloadVersion } from '../../model/cluster.ts'
import type { Observation } from '../../model/evidence.ts'
import { observeWorkload } from '../../parsers/kubernetes/workload.ts'
import { revisionsOf } from '../../parsers/kubernetes/workload-version.ts'

/** One for each pod of whose workload the versions say something. */
export function workloadsOf(
  pods: readonly Observation<PodState>[],
  versions: readonly Observation<WorkloadVersion>[],
): readonly Observation<Workload>[] {
  if (versions.length === 0) return []
  const makers = new Map(
    versions.map(({ fact }) => [keyOf(fact.namespace, fact.objectKind, fact.name), fact]),
  )
  const byOwner = Map.groupBy(versions, ({ fact }) => keyOfOwner(fact.namespace, fact.owner))
  const ownerOf = ({ namespace, controller }: PodState): PodController | null =>
    controller === undefined || controller === null
      ? null
      : (makers.get(keyOf(namespace, controller.kind, controller.name))?.owner ?? controller)
  const owned = pods.flatMap(({ fact }) => {
    const owner = ownerOf(fact)
    return owner === null ? [] : [{ pod: fact, owner, key: keyOfOwner(fact.namespace, owner) }]
  })
  return [...Map.groupBy(owned, ({ key }) => key)].flatMap(([key, members]) => {
    const known = byOwner.get(key) ?? []
    const [first] = members
    const last = known.at(-1)
    if (first === undefined || last === undefined) return []
    const facts = known.map(({ fact }) => fact)
    const revisions = revisionsOf(
      first.owner,
      facts,
      members.map(({ pod }) => pod),
    )
    const newest =
      known.findLast(({ fact }) => fact.revision === (revisions[0]?.revision ?? null)) ?? last
    return members.map(({ pod, owner }) =>
      observeWorkload(
        {
          kind: 'workload',
          namespace: pod.namespace,
          pod: pod.name,
          ownerKind: owner.kind,
          owner: owner.name,
          revisions,
        },
        newest.from,
      ),
    )
  })
}

function keyOf(...words: readonly [namespace: string, kind: string, name: string]): string {
  return JSON.stringify(words)
}

function keyOfOwner(namespace: string, { kind, name }: PodController): string {
  return keyOf(namespace, kind, name)
}
