import { hostAvailableBytes, victimsInWords } from '../reading.ts'
import { kernelSaysOtherwise, type Answer, type Rule } from '../rule.ts'
import { reportOf, type Incident } from '../incident.ts'

/** CONSTRAINT_CPUSET and CONSTRAINT_MEMORY_POLICY: the allowed NUMA nodes ran out, the machine did not. */
export const kernelNuma: Rule = {
  id: 'kernel-numa',
  code: 'oom-numa',
  question: 'Did a cpuset or a memory policy bind the allocation to nodes that were full?',
  ask,
}

function ask(incident: Incident): Answer {
  const report = reportOf(incident)
  if (report === null) return kernelSaysOtherwise(incident)
  const { constraint } = report.fact
  if (constraint !== 'cpuset' && constraint !== 'memory-policy')
    return kernelSaysOtherwise(incident)
  const why = constraint === 'cpuset' ? 'the nodes of its cpuset' : 'the nodes of its memory policy'
  return {
    answer: 'holds',
    confidence: 'certain',
    summary: `The kernel's OOM killer ended ${victimsInWords(incident)} because ${why} had no memory left; other nodes may have had plenty.`,
    mainProcessDied: incident.mainProcessDied,
    binding: {
      scope: 'numa',
      path: report.fact.cpuset,
      limitBytes: null,
      usageBytes: null,
      hostAvailableBytes: hostAvailableBytes(incident),
    },
    because: incident.reports,
    against: [],
  }
}
