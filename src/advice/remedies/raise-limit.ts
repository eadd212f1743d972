import { formatBytes } from '../../model/bytes.ts'
import { nextLimitBytes, setLimitCommands } from '../limits.ts'
import { hasCause, isVerdict, leftBeforeLimit, type RemedyRule } from '../remedy-rule.ts'
import type { Judgement } from '../../verdict/engine.ts'

export const raiseLimit: RemedyRule = {
  id: 'raise-limit',
  suits(incident, judgement) {
    const isNear =
      isVerdict(judgement, 'oom-own-limit', 'at-risk', 'hung-at-limit') ||
      (leftBeforeLimit(incident, judgement) && judgement.binding.scope === 'container')
    if (!isNear) return null
    const bytes = nextLimitBytes(incident, judgement)
    if (bytes === null) return null
    return {
      id: raiseLimit.id,
      layer: 'container',
      title: `Raise the limit to ${formatBytes(bytes)}${purposeOf(judgement)}`,
      risk: 'low',
      reversible: true,
      commands: setLimitCommands(incident, bytes),
      change: { kind: 'limit', limitBytes: bytes, requestBytes: null },
    }
  },
}

function purposeOf(judgement: Judgement): string {
  if (isVerdict(judgement, 'hung-at-limit')) return ': who waits at it goes on where it stands'
  return hasCause(judgement, 'leak', 'tmpfs', 'kernel-memory')
    ? ' to win time; it does not cure what fills it'
    : ', then correct it by what the next run really uses'
}
