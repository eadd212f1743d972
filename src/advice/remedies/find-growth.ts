import { hasCause, isVerdict, type RemedyRule, command } from '../remedy-rule.ts'
import { podInCommands } from '../pod-in-commands.ts'
import { quote } from '../shell.ts'

export const findGrowth: RemedyRule = {
  id: 'find-growth',
  suits(incident, judgement) {
    if (!isVerdict(judgement, 'oom-own-limit', 'oom-ancestor-limit', 'at-risk')) return null
    if (!hasCause(judgement, 'leak', 'limit-too-low', 'unknown')) return null
    const { platform, name, id } = incident.subject
    const who = quote(name ?? id ?? 'NAME')
    const { namespace, pod } = podInCommands(incident.subject)
    return {
      id: findGrowth.id,
      layer: 'app',
      title:
        'Watch its memory over time before the next kill: a floor that keeps rising is a leak, a plateau below the new limit is a need',
      risk: 'low',
      reversible: true,
      commands:
        platform === 'docker' || platform === 'podman'
          ? [command(platform, `${platform} stats ${who}`)]
          : platform === 'kubernetes'
            ? [
                command(
                  'kubernetes',
                  `kubectl -n ${quote(namespace)} top pod ${quote(pod)} --containers`,
                ),
              ]
            : [],
    }
  },
}
