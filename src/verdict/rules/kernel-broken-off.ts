import { describeCgroupPath } from '../../evidence/cgroup-path.ts'
import { bindingOf, samePath, reportScope, subjectInWords } from '../reading.ts'
import { NOT_SHOWN, type Answer, type Rule } from '../rule.ts'
import { reportOf, type Incident } from '../incident.ts'

/**
 * The kernel called its OOM killer for the subject's own group, and the log breaks off before the victim. A group above or
 * inside is not told from it by less than the whole summary line, so those stay open.
 */
export const kernelBrokenOff: Rule = {
  id: 'kernel-broken-off',
  code: 'oom-own-limit',
  question: 'Did the kernel call its OOM killer here, in a log that breaks off before the victim?',
  ask,
}

function ask(incident: Incident): Answer {
  const report = reportOf(incident)
  if (report === null) return NOT_SHOWN
  const { kills, noKillable, missing, oomMemcg, constraint } = report.fact
  if (kills.length > 0 || noKillable || !missing.includes('kill')) return NOT_SHOWN
  if (oomMemcg === null || constraint === 'none') return NOT_SHOWN
  if (reportScope(incident, report.fact) !== 'own' || isPod(oomMemcg)) return NOT_SHOWN
  return {
    answer: 'holds',
    confidence: 'likely',
    summary: `The kernel called its OOM killer because ${subjectInWords(incident)} reached its own memory limit; the log breaks off before it says whom it killed.`,
    mainProcessDied: incident.mainProcessDied,
    binding: bindingOf(incident, 'container'),
    because: [...incident.reports, ...(incident.ending?.because ?? [])],
    against: [],
  }
}

/** In a pod at its limit one of its containers was hit, for a limit that is not its own. */
function isPod(path: string): boolean {
  const { podPath } = describeCgroupPath(path)
  return podPath !== null && samePath(podPath, path)
}
