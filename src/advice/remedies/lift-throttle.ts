import { formatBytes } from '../../model/bytes.ts'
import { nextLimitBytes, setLimitCommands } from '../limits.ts'
import { command, hasCause, isVerdict, type Advice, type RemedyRule } from '../remedy-rule.ts'
import { memoryQosFactor } from '../../verdict/kubelet.ts'
import { quote } from '../shell.ts'

export const liftThrottle: RemedyRule = {
  id: 'lift-throttle',
  suits(incident, judgement) {
    if (!isVerdict(judgement, 'thrashing')) return null
    const next = nextLimitBytes(incident, judgement)
    if (next === null) return null
    const group = incident.groups.own?.fact
    const high = group?.highBytes ?? null
    const byHigh = high !== null && judgement.binding.limitBytes === high
    // Above memory.max, memory.high does nothing: the kernel kills before it throttles.
    if (byHigh && memoryQosFactor(incident) !== null) return nearerRequest
    const bytes = byHigh ? Math.min(next, group?.limitBytes ?? next) : next
    return {
      id: liftThrottle.id,
      layer: 'container',
      title: byHigh
        ? `Raise memory.high to ${formatBytes(bytes)}, or make the program need less: above it every step is slowed down`
        : hasCause(judgement, 'dirty-pages')
          ? `Raise the limit to ${formatBytes(bytes)} to win time: what is written faster than the disk takes it fills that, too`
          : `Raise the limit to ${formatBytes(bytes)}: the working set does not fit, and swap only hides that`,
      risk: 'low',
      reversible: true,
      commands:
        byHigh && group !== undefined && group.path !== null
          ? [command('host', `echo ${bytes} > ${quote(`/sys/fs/cgroup${group.path}/memory.high`)}`)]
          : setLimitCommands(incident, bytes),
      // A soft limit is none that a fix sets.
      change: byHigh ? null : { kind: 'limit', limitBytes: bytes, requestBytes: null },
    }
  },
}

/** What is written into the group is set anew with the next container, from the same request and limit. */
const nearerRequest: Advice = {
  id: 'lift-throttle',
  layer: 'container',
  title:
    'Raise its request towards its limit, or both: memory.high rises with them, and there is none where they are the same',
  risk: 'low',
  reversible: true,
  commands: [],
}
