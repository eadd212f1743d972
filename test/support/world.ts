import type { Observation, World } from '../../src/model/evidence.ts'
import type { FactKind, FactOf } from '../../src/model/facts.ts'

/** The observations of one kind, in the order they were made. */
export function observed<K extends FactKind>(world: World, kind: K): Observation<FactOf<K>>[] {
  const found: Observation<FactOf<K>>[] = []
  for (const observation of world.observations) {
    const { fact } = observation
    if (isKind(fact, kind)) found.push({ ...observation, fact })
  }
  return found
}

export function factsOf<K extends FactKind>(world: World, kind: K): FactOf<K>[] {
  return observed(world, kind).map(({ fact }) => fact)
}

/** The state of one group. */
export function groupAt(world: World, path: string): FactOf<'cgroup-state'> | null {
  return factsOf(world, 'cgroup-state').find((state) => state.path === path) ?? null
}

/** The kernel's reports about a group: it stood at its limit, or the victim lived in it or below it. */
export function reportsAbout(world: World, path: string): FactOf<'kernel-oom'>[] {
  return factsOf(world, 'kernel-oom').filter(
    ({ oomMemcg, taskMemcg }) => oomMemcg === path || taskMemcg?.startsWith(path) === true,
  )
}

function isKind<K extends FactKind>(fact: { kind: FactKind }, kind: K): fact is FactOf<K> {
  return fact.kind === kind
}
