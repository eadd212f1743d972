import { formatBytes } from '../../model/bytes.ts'
import type { OomReport } from '../../model/kernel.ts'
import { hostAvailableBytes, ownLimitBytes, subjectInWords, victimsInWords } from '../reading.ts'
import { kernelSaysOtherwise, type Answer, type Rule } from '../rule.ts'
import { reportOf, type Incident } from '../incident.ts'

/** CONSTRAINT_NONE: the machine itself had no memory left. */
export const kernelHost: Rule = {
  id: 'kernel-host',
  code: 'oom-host',
  question: 'Did the machine itself run out of memory?',
  ask,
}

function ask(incident: Incident): Answer {
  const report = reportOf(incident)
  if (report === null || report.fact.kills.length === 0) return kernelSaysOtherwise(incident)
  if (report.fact.constraint !== 'none') return kernelSaysOtherwise(incident)
  const own = ownLimitBytes(incident)
  const total = report.fact.host?.totalRamBytes ?? incident.hostMemory?.fact.totalBytes ?? null
  const machine = total === null ? 'the machine' : `the machine (${formatBytes(total)} of memory)`
  const ownPart =
    own === null
      ? ''
      : ` Its own limit of ${formatBytes(own)} was not reached, so raising it does not help.`
  const who = incident.subject.platform === 'host' ? '' : ` of ${subjectInWords(incident)}`
  const plenty = plentyLeft(report.fact)
  return {
    answer: 'holds',
    confidence: plenty === null ? 'certain' : 'possible',
    summary: `The kernel's OOM killer ended ${victimsInWords(incident)}${who} because ${machine} ran out.${ownPart}${plenty ?? ''}`,
    mainProcessDied: incident.mainProcessDied,
    binding: {
      scope: 'host',
      path: null,
      limitBytes: total,
      usageBytes: null,
      hostAvailableBytes: hostAvailableBytes(incident),
    },
    because: [...incident.reports, ...(incident.hostMemory === null ? [] : [incident.hostMemory])],
    against: [],
  }
}

/** A single page is always to be had where a fifth of the machine is free. */
const PLENTY_SHARE = 0.2

function plentyLeft({ host, trigger }: OomReport): string | null {
  const free = host?.freeBytes ?? null
  const total = host?.totalRamBytes ?? null
  if (free === null || total === null || free < PLENTY_SHARE * total) return null
  if ((trigger?.order ?? 0) > 0) return null
  return ` That is what the kernel says, and its own figures contradict it: ${formatBytes(free)} were free. A memory group at its limit just before, or one full zone of the memory, is the likelier reason.`
}
