import { ofLimit, ownLimitBytes, subjectInWords } from '../reading.ts'
import { NOT_SHOWN, type Answer, type Rule } from '../rule.ts'
import type { Observation } from '../../model/evidence.ts'
import type { Incident } from '../incident.ts'

/** The runtime's own init died of the limit before the program started: runc says so in the start error (exit 128). */
export const killedAtStart: Rule = {
  id: 'killed-at-start',
  code: 'oom-own-limit',
  question: 'Was the container init OOM-killed before the program started?',
  ask,
}

const START_FAILED =
  /container init was OOM-killed|memory limit too low|unable to set memory limit to \d+ \(current usage/i

function ask(incident: Incident): Answer {
  const witnesses: Observation[] = []
  if (incident.container !== null && START_FAILED.test(incident.container.fact.error ?? '')) {
    witnesses.push(incident.container)
  }
  const messages = [
    incident.podContainer?.state?.message,
    incident.podContainer?.lastState?.message,
  ]
  if (incident.pod !== null && messages.some((message) => START_FAILED.test(message ?? ''))) {
    witnesses.push(incident.pod)
  }
  // An event that names no container of its pod is about one that does not run.
  const runs = incident.podContainer?.state?.phase === 'running'
  witnesses.push(
    ...incident.hints.filter(({ fact }) => fact.hint === 'container-start-failed'),
    ...(runs ? [] : incident.kubernetesEvents).filter(({ fact }) =>
      START_FAILED.test(fact.message),
    ),
  )
  if (witnesses.length === 0) return NOT_SHOWN
  const limit = ownLimitBytes(incident)
  return {
    answer: 'holds',
    confidence: 'certain',
    summary: `${subjectInWords(incident)} never started: its memory limit${ofLimit(limit)} is below what the container runtime needs to set it up.`,
    mainProcessDied: true,
    binding: {
      scope: 'container',
      path: incident.path,
      limitBytes: limit,
      usageBytes: null,
      hostAvailableBytes: null,
    },
    because: witnesses,
    against: [],
  }
}
