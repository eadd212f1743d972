import { formatBytes } from '../../model/bytes.ts'
import { hostAvailableBytes, subjectInWords } from '../reading.ts'
import { NOT_SHOWN, ruledOut, type Answer, type Rule } from '../rule.ts'
import type { Incident } from '../incident.ts'
import { flags, hasNoLimit } from './engine-says-oom.ts'

/**
 * Kubernetes calls it OOM-killed, and it has no limit that it could have reached: the pod's own, that of all pods of the node
 * (Node Allocatable), or the node was full.
 */
export const engineSaysOomAbove: Rule = {
  id: 'engine-says-oom-above',
  code: 'oom-ancestor-limit',
  question: 'Does Kubernetes call a container OOM-killed that has no limit of its own?',
  ask,
}

function ask(incident: Incident): Answer {
  if (incident.reports.length > 0 || !hasNoLimit(incident)) return NOT_SHOWN
  const witnesses = flags(incident)
  if (witnesses.length === 0) return NOT_SHOWN
  if (incident.coverage.length > 0) return ruledOut(incident.coverage)
  const pod = incident.pod?.fact.podMemoryLimitBytes ?? null
  const node = incident.node?.fact.allocatableMemoryBytes ?? null
  const reached =
    pod === null
      ? `that of all pods of its node${node === null ? '' : ` (${formatBytes(node)} are allocatable)`}, or all memory of the node`
      : `that of its pod, ${formatBytes(pod)}`
  return {
    answer: 'holds',
    confidence: pod === null ? 'possible' : 'likely',
    summary: `${subjectInWords(incident)} was OOM-killed and has no memory limit of its own: what was reached stands above it, most likely ${reached}. The kernel log of it was not seen.`,
    mainProcessDied: incident.mainProcessDied,
    binding: {
      scope: 'ancestor',
      path: null,
      limitBytes: pod ?? node,
      usageBytes: null,
      hostAvailableBytes: hostAvailableBytes(incident),
    },
    because: [...witnesses, ...(incident.node === null ? [] : [incident.node])],
    against: [],
  }
}
