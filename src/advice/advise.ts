import type { Remedy } from '../model/case.ts'
import type { Judgement } from '../verdict/engine.ts'
import type { Incident } from '../verdict/incident.ts'
import { REMEDIES } from './remedies/index.ts'

/** Every remedy that suits the verdict and its causes, in the order of the list. */
export function advise(incident: Incident, judgement: Judgement): readonly Remedy[] {
  return REMEDIES.flatMap((rule) => {
    const remedy = rule.suits(incident, judgement)
    return remedy === null ? [] : [{ ...remedy, change: remedy.change ?? null }]
  })
}
