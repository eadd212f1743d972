import type { Observation } from '../model/evidence.ts'
import type { FactKind, FactOf } from '../model/facts.ts'

/** The observations whose fact is of one kind, typed as such. */
export function ofKind<K extends FactKind>(
  observations: readonly Observation[],
  kind: K,
): Observation<FactOf<K>>[] {
  return observations.filter((observation): observation is Observation<FactOf<K>> =>
    isKind(observation, kind),
  )
}

function isKind<K extends FactKind>(
  observation: Observation,
  kind: K,
): observation is Observation<FactOf<K>> {
  return observation.fact.kind === kind
}
