import { describeCgroupPath } from '../../evidence/cgroup-path.ts'
import { formatBytes } from '../../model/bytes.ts'
import { groupCommands, nextLimitBytes, setLimitCommands } from '../limits.ts'
import type { Incident } from '../../verdict/incident.ts'
import { isVerdict, type RemedyRule } from '../remedy-rule.ts'

/** An engine that tells of a container tells its limit, too. */
function ownLimit({ container }: Incident): string {
  return container !== null && container.fact.memoryLimitBytes === null
    ? 'the container has no limit of its own'
    : 'the container’s own limit was not reached'
}

export const raiseSharedLimit: RemedyRule = {
  id: 'raise-shared-limit',
  suits(incident, judgement) {
    if (!isVerdict(judgement, 'oom-ancestor-limit', 'oom-nested-limit')) return null
    const bytes = nextLimitBytes(incident, judgement)
    const { path } = judgement.binding
    if (bytes === null || path === null) return null
    const isPod = describeCgroupPath(path).podUid !== null
    return {
      id: raiseSharedLimit.id,
      layer: 'container',
      title: isPod
        ? 'Raise the limits of the pod: its group gets the sum of its containers’ limits'
        : `Raise the limit of ${path} to ${formatBytes(bytes)}; ${ownLimit(incident)}`,
      risk: 'low',
      reversible: true,
      commands:
        isPod && incident.subject.platform === 'kubernetes' && incident.subject.name !== null
          ? setLimitCommands(incident, bytes)
          : groupCommands(incident, path, bytes),
      change: { kind: 'limit', limitBytes: bytes, requestBytes: null },
    }
  },
}
