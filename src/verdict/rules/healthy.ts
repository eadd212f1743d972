import { formatBytes } from '../../model/bytes.ts'
import type { Observation } from '../../model/evidence.ts'
import type { CgroupState } from '../../model/facts.ts'
import type { KubeletFigures } from '../../model/kubelet.ts'
import {
  hostAvailableBytes,
  ownLimitBytes,
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
  const own = measuredGroup(incident)
  const figures = own === null ? incident.figures : null
  const host = incident.subject.platform === 'host' ? incident.hostMemory : null
  const because: Observation[] = [
    ...(own === null ? [] : [own]),
    ...(figures === null ? [] : [figures]),
    ...(host === null ? [] : [host]),
    ...(incident.container?.fact.running === true ? [incident.container] : []),
    ...(own === null ? incident.processes.slice(0, 1) : []),
  ]
  if (because.length === 0) return NOT_SHOWN
  const isMeasured =
    host !== null ||
    (own !== null && unknownOf(own.fact).length === 0) ||
    (figures !== null && isHeldAgainst(incident))
  const says = figures === null ? saidByGroup(own) : saidByKubelet(figures, incident)
  return {
    answer: 'holds',
    confidence: isMeasured ? 'likely' : 'possible',
    summary: `Nothing threatens ${subjectInWords(incident)} now.${says}`,
    mainProcessDied: incident.alive === true ? false : null,
    binding: { ...NO_BINDING, hostAvailableBytes: hostAvailableBytes(incident) },
    because,
    against: [],
  }
}

/** Null: of its memory nothing is known. */
function measuredGroup({ groups: { own } }: Incident): Incident['groups']['own'] {
  return own === null || unknownOf(own.fact).length === 2 ? null : own
}

function unknownOf({ usageBytes, limitBytes, unlimited }: CgroupState): readonly string[] {
  return [
    ...(usageBytes === null ? ['what it uses'] : []),
    ...(limitBytes === null && !unlimited ? ['its limit'] : []),
  ]
}

function saidByGroup(own: Incident['groups']['own']): string {
  if (own === null) return ''
  const { limitBytes, unlimited } = own.fact
  const [unknown] = unknownOf(own.fact)
  if (unknown !== undefined) return ` But ${unknown} is not known.`
  const kept = unreclaimableBytes(own.fact)
  if (limitBytes === null)
    return unlimited
      ? ' It has no limit of its own, so only limits above it and the machine hold it.'
      : ''
  if (kept === null) return ''
  return ` ${formatBytes(kept + unwrittenBytes(own.fact))} of its limit of ${formatBytes(limitBytes)} is memory that reclaim could not free.`
}

/** Whether a limit is known, or that there is none: of the pages of a kubelet, one alone tells both. */
function isHeldAgainst(incident: Incident): boolean {
  const { figures, pod } = incident
  return (
    ownLimitBytes(incident) !== null || pod !== null || figures?.fact.source === 'metrics/cadvisor'
  )
}

function saidByKubelet({ fact }: Observation<KubeletFigures>, incident: Incident): string {
  const { workingSetBytes } = fact
  if (workingSetBytes === null) return ''
  const limit = ownLimitBytes(incident)
  const of = limit === null ? '' : `, of a limit of ${formatBytes(limit)}`
  const gap = isHeldAgainst(incident)
    ? ''
    : " Its limit is not told there: 'kubectl get pod -o yaml' beside it does."
  return ` Its kubelet tells a working set of ${formatBytes(workingSetBytes)}${of}.${gap}`
}
