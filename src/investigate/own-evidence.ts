import type { Case, CaseEvidence } from '../model/case.ts'
import type { Observation, World } from '../model/evidence.ts'
import type { FactKind } from '../model/facts.ts'

/**
 * The part of a world that speaks of these cases: what they cite, and what tells about the whole machine or log.
 * A machine's kernel log names neighbours too, and they are nobody's business in a case that is shared.
 */
export function ownEvidence(world: World, cases: readonly Case[]): World {
  const cited = new Set(cases.flatMap((found) => found.evidence.map(keyOf)))
  return {
    observations: world.observations.filter(
      (seen) => GENERAL.has(seen.fact.kind) || cited.has(keyOf(seen)),
    ),
    unknown: world.unknown,
  }
}

const GENERAL: ReadonlySet<FactKind> = new Set([
  'kernel-log-coverage',
  'suppressed-reports',
  'host-memory',
  'host-state',
  'node-state',
  'kubelet-settings',
])

/** Not by its time, which an investigation may have worked out from other evidence. */
function keyOf({ source, says, excerpt, from }: Observation | CaseEvidence): string {
  return JSON.stringify([source, says, excerpt, from])
}

/** Whether two investigations came to the same: the same incidents, judged alike. */
export function areSameCases(one: readonly Case[], other: readonly Case[]): boolean {
  const gist = (cases: readonly Case[]): string =>
    JSON.stringify(cases.map(({ id, verdict }) => [id, verdict.code, verdict.confidence]))
  return gist(one) === gist(other)
}
