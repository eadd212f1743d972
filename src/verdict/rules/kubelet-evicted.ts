import type { Observation } from '../../model/evidence.ts'
import { hostAvailableBytes, subjectInWords } from '../reading.ts'
import { NOT_SHOWN, type Answer, type Rule } from '../rule.ts'
import type { Incident } from '../incident.ts'

/** The kubelet ended the pod under node memory pressure: an orderly kill, not the kernel's. */
export const kubeletEvicted: Rule = {
  id: 'kubelet-evicted',
  code: 'evicted',
  question: 'Did the kubelet evict the pod under node pressure?',
  ask,
}

function ask(incident: Incident): Answer {
  const pod = incident.pod?.fact.reason === 'Evicted' ? incident.pod : null
  const events = incident.kubernetesEvents.filter(({ fact }) => fact.reason === 'Evicted')
  const witnesses: Observation[] = [...(pod === null ? [] : [pod]), ...events]
  if (witnesses.length === 0) return NOT_SHOWN
  const message = pod?.fact.message ?? events[0]?.fact.message ?? null
  const forMemory = message === null || /memory/i.test(message)
  if (!forMemory) return NOT_SHOWN
  return {
    answer: 'holds',
    confidence: 'certain',
    summary: `The kubelet evicted ${subjectInWords(incident)} because its node ran low on memory${message === null ? '' : ` (${firstSentence(message)})`}.`,
    mainProcessDied: true,
    binding: {
      scope: 'host',
      path: null,
      limitBytes: incident.node?.fact.allocatableMemoryBytes ?? null,
      usageBytes: null,
      hostAvailableBytes: hostAvailableBytes(incident),
    },
    because: witnesses,
    against: [],
  }
}

function firstSentence(message: string): string {
  const end = message.indexOf('. ')
  return (end === -1 ? message : message.slice(0, end)).trim().replace(/\.$/, '')
}
