import { formatBytes } from '../../model/bytes.ts'
import { describeCgroupPath } from '../../evidence/cgroup-path.ts'
import {
  bindingOf,
  ofLimit,
  ownLimitBytes,
  reportScope,
  subjectInWords,
  victimsInWords,
} from '../reading.ts'
import { groupKillInWords } from '../kubelet.ts'
import { kernelSaysOtherwise, type Answer, type Rule } from '../rule.ts'
import { reportOf, type Incident } from '../incident.ts'
import { isOwnLimitInEffect } from './kernel-own-limit.ts'

/** `oom_memcg` lies above the subject: a pod, a slice, a service, an executor. */
export const kernelAncestorLimit: Rule = {
  id: 'kernel-ancestor-limit',
  code: 'oom-ancestor-limit',
  question: 'Was a limit above it reached (pod, slice, executor)?',
  ask,
}

function ask(incident: Incident): Answer {
  const report = reportOf(incident)
  if (report === null || report.fact.kills.length === 0) return kernelSaysOtherwise(incident)
  if (report.fact.constraint !== 'memcg' || reportScope(incident, report.fact) !== 'ancestor') {
    return kernelSaysOtherwise(incident)
  }
  if (isOwnLimitInEffect(incident)) return kernelSaysOtherwise(incident)
  const binding = bindingOf(incident, 'ancestor')
  const own = ownLimitBytes(incident)
  const ownPart =
    own === null ? '' : ` Its own limit of ${formatBytes(own)} is not the one that was reached.`
  return {
    answer: 'holds',
    confidence: 'certain',
    summary: `The kernel's OOM killer ended ${victimsInWords(incident)} of ${subjectInWords(incident)} because the limit${ofLimit(binding.limitBytes)} of ${aboveInWords(binding.path)} above it was reached.${ownPart}${groupKillInWords(incident)}`,
    mainProcessDied: incident.mainProcessDied,
    binding,
    because: [...incident.reports, ...incident.groups.ancestors],
    against: incident.groups.own === null ? [] : [incident.groups.own],
  }
}

export function aboveInWords(path: string | null): string {
  if (path === null) return 'a group'
  const { podUid, unit } = describeCgroupPath(path)
  if (podUid !== null) return `pod ${podUid}`
  return unit ?? path
}
