import { isVerdict, leftBeforeLimit, type RemedyRule } from '../remedy-rule.ts'

export const raiseRuntimeLimit: RemedyRule = {
  id: 'raise-runtime-limit',
  suits(incident, judgement) {
    if (!isVerdict(judgement, 'runtime-out-of-memory')) return null
    if (leftBeforeLimit(incident, judgement)) return null
    const area = incident.runtimeOoms.at(-1)?.fact.area ?? 'memory'
    return {
      id: raiseRuntimeLimit.id,
      layer: 'runtime',
      title: `Raise the runtime’s own maximum for ${area.replaceAll('-', ' ')}, and the container’s limit with it where they are close; a container limit alone changes nothing here`,
      risk: 'low',
      reversible: true,
      commands: [],
    }
  },
}
