import { hasCause, type RemedyRule } from '../remedy-rule.ts'

export const fewerWorkers: RemedyRule = {
  id: 'fewer-workers',
  suits(_incident, judgement) {
    if (!hasCause(judgement, 'too-many-processes')) return null
    return {
      id: fewerWorkers.id,
      layer: 'app',
      title: 'Run fewer workers: their number times the biggest of them has to fit into the limit',
      risk: 'low',
      reversible: true,
      commands: [],
    }
  },
}
