import { endedBySigkill, memoryRuledOutBy, subjectInWords } from '../reading.ts'
import { NO_BINDING, NOT_SHOWN, ruledOut, type Answer, type Rule } from '../rule.ts'
import type { Incident } from '../incident.ts'
import { flags } from './engine-says-oom.ts'
import { heldBack, misleading, sideNote } from './asked-to-end.ts'

/** SIGKILL or SIGTERM of unknown origin, where counters or flag and a log that covers the time show that it was not memory. */
export const killedByOther: Rule = {
  id: 'killed-by-other',
  code: 'killed-not-memory',
  question: 'Was it ended by a signal, with memory ruled out?',
  ask,
}

function ask(incident: Incident): Answer {
  const { ending } = incident
  if (incident.reports.length > 0) return ruledOut(incident.reports)
  if (ending === null) return NOT_SHOWN
  const sigterm = ending.signal === 15 || (ending.signal === null && ending.exitCode === 143)
  const sigkill = endedBySigkill(incident)
  if (!sigterm && !sigkill) return NOT_SHOWN
  const witnesses = memoryRuledOutBy(incident)
  if (sigkill && !isRuledOut(incident, witnesses.length)) return NOT_SHOWN
  const how = sigterm
    ? 'was ended by SIGTERM from outside'
    : ending.signal === 9
      ? 'was ended by SIGKILL from outside'
      : 'ended with exit code 137, by SIGKILL from outside or by its own choice of that code'
  return {
    answer: 'holds',
    confidence: sigterm ? 'certain' : 'likely',
    summary: `${subjectInWords(incident)} ${how}; no out-of-memory kill was the reason.${heldBack(incident)}${sideNote(incident)}`,
    mainProcessDied: true,
    binding: NO_BINDING,
    because: [...ending.because, ...witnesses],
    against: misleading(incident),
  }
}

/**
 * A silent log alone may have lost its lines, so a second witness is needed: the group's counters at zero,
 * or an engine that denies an OOM kill.
 */
function isRuledOut(incident: Incident, witnesses: number): boolean {
  if (witnesses === 0 || flags(incident).length > 0) return false
  const own = incident.groups.own?.fact
  const countersZero = own?.events?.oomKill === 0 || own?.oomControl?.oomKill === 0
  // Podman's flag is false after real kills too, so only Docker's denial counts.
  const denied =
    incident.container?.fact.engine === 'docker' && incident.container.fact.oomKilled === false
  const atLimit =
    own?.peakBytes !== null &&
    own?.peakBytes !== undefined &&
    own.limitBytes !== null &&
    own.peakBytes >= own.limitBytes
  return countersZero || (denied && !atLimit)
}
