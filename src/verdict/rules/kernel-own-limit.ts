import { formatBytes } from '../../model/bytes.ts'
import { describeCgroupPath } from '../../evidence/cgroup-path.ts'
import type { Observation } from '../../model/evidence.ts'
import type { OomReport } from '../../model/kernel.ts'
import {
  bindingOf,
  fullCounter,
  ownLimitBytes,
  reportScope,
  samePath,
  subjectInWords,
  victimsInWords,
} from '../reading.ts'
import { fullSwapInWords, groupKillInWords } from '../kubelet.ts'
import { kernelSaysOtherwise, type Answer, type Rule } from '../rule.ts'
import { reportOf, type Incident } from '../incident.ts'

/** The kernel's report names the subject's own group as the one at its limit. */
export const kernelOwnLimit: Rule = {
  id: 'kernel-own-limit',
  code: 'oom-own-limit',
  question: 'Was its own limit reached, and did the kernel kill for it?',
  ask,
}

function ask(incident: Incident): Answer {
  const report = reportOf(incident)
  if (report === null || report.fact.kills.length === 0) return kernelSaysOtherwise(incident)
  if (report.fact.constraint !== 'memcg') return kernelSaysOtherwise(incident)
  const scope = reportScope(incident, report.fact)
  const inEffect = isOwnLimitInEffect(incident)
  if (scope === 'nested' || (scope === 'ancestor' && !inEffect))
    return kernelSaysOtherwise(incident)
  const binding = bindingOf(incident, 'container')
  return {
    answer: 'holds',
    confidence: scope === null || beginsWithStatistics(report.fact) ? 'likely' : 'certain',
    summary: `${headline(incident, binding.limitBytes)}${fullSwapInWords(incident)}${groupKillInWords(incident)}${afterwards(incident)}`,
    mainProcessDied: incident.mainProcessDied,
    binding,
    because: [
      ...incident.reports,
      ...(incident.groups.own === null ? [] : [incident.groups.own]),
      ...engineWitness(incident),
    ],
    against: [],
  }
}

/** Statistics are printed of the group at its limit first, and then of those below: whether the first was seen is not known. */
function beginsWithStatistics({ memory, taskMemcg }: OomReport): boolean {
  return memory === null && taskMemcg === null
}

/**
 * A pod's group gets the sum of its containers' limits, so with one limited container the kernel may name the pod
 * although the limit in effect is the container's.
 */
export function isOwnLimitInEffect(incident: Incident): boolean {
  const report = reportOf(incident)?.fact
  if (report?.oomMemcg === null || report?.oomMemcg === undefined) return false
  const { podPath } = describeCgroupPath(report.oomMemcg)
  if (podPath === null || !samePath(podPath, report.oomMemcg)) return false
  const own = ownLimitBytes(incident)
  return own !== null && fullCounter(report)?.limitBytes === own
}

function headline(incident: Incident, limitBytes: number | null): string {
  const subject = subjectInWords(incident)
  const limit = limitBytes === null ? 'memory limit' : `memory limit of ${formatBytes(limitBytes)}`
  return `The kernel's OOM killer ended ${victimsInWords(incident)} because ${subject} reached its own ${limit}.`
}

function afterwards(incident: Incident): string {
  if (incident.mainProcessDied === null) return ''
  if (!incident.mainProcessDied) {
    if (incident.ending?.exitCode === 137 && incident.ending.askedBy === null)
      return ' It was a child: the main process was not killed, and ended by itself with exit code 137, as a shell does that passes on how its child ended.'
    const lived = incident.ending === null ? 'lives on' : 'lived on'
    return ` It was a child: the main process ${lived}, so the loss is easily missed.`
  }
  return ''
}

/** What the engine said about the same end: its exit code and flag. */
function engineWitness(incident: Incident): readonly Observation[] {
  return incident.ending?.because.slice(0, 2) ?? []
}
