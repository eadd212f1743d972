import { hostAvailableBytes, ofLimit, ownLimitBytes, subjectInWords } from '../reading.ts'
import { NOT_SHOWN, type Answer, type Rule } from '../rule.ts'
import type { Incident } from '../incident.ts'
import { hasNoLimit } from './engine-says-oom.ts'

/**
 * Where a child was killed and the main process lives on, neither the pod nor an event tells of it: only the kernel log does,
 * and a counter of the kubelet. It counts where the victim lived, and not whose limit was reached.
 */
export const kubeletCountsKills: Rule = {
  id: 'kubelet-counts-kills',
  code: 'oom-own-limit',
  question: 'Does its kubelet count kernel kills in it, while it lives?',
  ask,
}

function ask(incident: Incident): Answer {
  const { figures, groups, reports, ending, alive } = incident
  const kills = figures?.fact.oomKills ?? 0
  if (figures === null || kills === 0 || groups.own !== null) return NOT_SHOWN
  const isOver = ending !== null || alive === false
  if (reports.length > 0 || isOver || hasNoLimit(incident)) return NOT_SHOWN
  const limit = ownLimitBytes(incident)
  const times = kills === 1 ? 'once' : `${kills} times`
  return {
    answer: 'holds',
    confidence: limit === null ? 'possible' : 'likely',
    summary: `The kernel's OOM killer acted ${times} in ${subjectInWords(incident)}, most likely at its own limit${ofLimit(limit)}, and its main process lives: its kubelet has counted it, the kernel log of it was not seen.`,
    mainProcessDied: false,
    binding: {
      scope: 'container',
      path: incident.path,
      limitBytes: limit,
      usageBytes: null,
      hostAvailableBytes: hostAvailableBytes(incident),
    },
    because: [figures],
    against: [],
  }
}
