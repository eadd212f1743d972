import { formatBytes } from '../../model/bytes.ts'
import type { Observation } from '../../model/evidence.ts'
import {
  hostAvailableBytes,
  subjectInWords,
  unreclaimableBytes,
  unwrittenBytes,
} from '../reading.ts'
import { NO_BINDING, NOT_SHOWN, type Answer, type Rule } from '../rule.ts'
import type { Incident } from '../incident.ts'

/** Alive, or at rest without an incident, and nothing threatens it. */
export const healthy: Rule = {
  id: 'healthy',
  code: 'healthy',
  question: 'Is it alive, with nothing that threatens it?',
  ask,
}

function ask(incident: Incident): Answer {
  if (incident.ending !== null || incident.alive === false) return NOT_SHOWN
  // A report whose end is cut off names no victim, but nothing is well where the OOM killer was called.
  if (incident.reports.length > 0) return NOT_SHOWN
  const { own } = incident.groups
  const host = incident.subject.platform === 'host' ? incident.hostMemory : null
  const because: Observation[] = [
    ...(own === null ? [] : [own]),
    ...(host === null ? [] : [host]),
    ...(incident.container?.fact.running === true ? [incident.container] : []),
    ...(own === null ? incident.processes.slice(0, 1) : []),
  ]
  if (because.length === 0) return NOT_SHOWN
  const limit = own?.fact.limitBytes ?? null
  const kept = own === null ? null : unreclaimableBytes(own.fact)
  const figures =
    limit !== null && own !== null && kept !== null
      ? ` ${formatBytes(kept + unwrittenBytes(own.fact))} of its limit of ${formatBytes(limit)} is memory that reclaim could not free.`
      : limit === null && own?.fact.unlimited === true
        ? ' It has no limit of its own, so only limits above it and the machine hold it.'
        : ''
  return {
    answer: 'holds',
    confidence: own === null && host === null ? 'possible' : 'likely',
    summary: `Nothing threatens ${subjectInWords(incident)} now.${figures}`,
    mainProcessDied: incident.alive === true ? false : null,
    binding: { ...NO_BINDING, hostAvailableBytes: hostAvailableBytes(incident) },
    because,
    against: [],
  }
}
