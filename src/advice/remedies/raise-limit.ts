import { formatBytes } from '../../model/bytes.ts'
import { nextLimitBytes, setLimitCommands } from '../limits.ts'
import { hasCause, isVerdict, type RemedyRule } from '../remedy-rule.ts'

export const raiseLimit: RemedyRule = {
  id: 'raise-limit',
  suits(incident, judgement) {
    if (!isVerdict(judgement, 'oom-own-limit', 'at-risk', 'hung-at-limit')) return null
    const bytes = nextLimitBytes(incident, judgement)
    if (bytes === null) return null
    const forNow = hasCause(judgement, 'leak', 'tmpfs', 'kernel-memory')
    return {
      id: raiseLimit.id,
      layer: 'container',
      title: forNow
        ? `Raise the limit to ${formatBytes(bytes)} to win time; it does not cure what fills it`
        : `Raise the limit to ${formatBytes(bytes)}, then correct it by what the next run really uses`,
      risk: 'low',
      reversible: true,
      commands: setLimitCommands(incident, bytes),
      change: { kind: 'limit', limitBytes: bytes, requestBytes: null },
    }
  },
}
