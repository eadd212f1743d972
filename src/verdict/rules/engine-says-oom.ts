import type { Observation } from '../../model/evidence.ts'
import {
  fullAbove,
  hostAvailableBytes,
  isUpdatedSince,
  killsCounted,
  ofLimit,
  ownLimitBytes,
  subjectInWords,
} from '../reading.ts'
import { NOT_SHOWN, ruledOut, type Answer, type Rule } from '../rule.ts'
import type { Incident } from '../incident.ts'

/**
 * The engine's flag, its `oom` event or Kubernetes' reason, where neither kernel log nor counters were seen. It is weaker
 * than they are: on cgroup v1 every container under a full pod is flagged, on v2 a host OOM is flagged too, and a child's
 * death flags the container. A kernel log that covers the time and is silent outweighs it.
 */
export const engineSaysOom: Rule = {
  id: 'engine-says-oom',
  code: 'oom-own-limit',
  question: 'Do the engine or Kubernetes call it OOM-killed, and does nothing stronger contradict?',
  ask,
}

function ask(incident: Incident): Answer {
  if (incident.reports.length > 0) return NOT_SHOWN
  const witnesses = flags(incident)
  if (witnesses.length === 0) return NOT_SHOWN
  // The flag of an earlier life, or of a child, stays on while the container runs again; the counters are this life's own.
  const own = incident.groups.own
  if (own !== null && incident.alive === true && killsCounted(incident) === 0)
    return ruledOut([own])
  const above = fullAbove(incident)
  if (above !== null) return ruledOut([above])
  const silent = incident.coverage
  if (silent.length > 0) return ruledOut(silent)
  if (hasNoLimit(incident)) return NOT_SHOWN
  const code = incident.ending?.exitCode ?? null
  if (incident.earlierKills.length > 0 && code !== 137) return NOT_SHOWN
  if (incident.ending !== null && incident.ending.askedBy !== null) return NOT_SHOWN
  const child = code !== null && code !== 137
  const limit = ownLimitBytes(incident)
  const subject = subjectInWords(incident)
  return {
    answer: 'holds',
    confidence: limit === null ? 'possible' : 'likely',
    summary: child
      ? `A child process in ${subject} was OOM-killed, most likely at the container's limit${ofLimit(limit)}; the main process ended by itself with exit code ${code}.`
      : `${capital(subject)} was OOM-killed, most likely at its own limit${ofLimit(limit)}: ${sayer(incident)} says so, the kernel log of it was not seen.${isUpdatedSince(incident) ? ' Its limit may have been another one then: it was updated since.' : ''}`,
    mainProcessDied: child ? false : (incident.mainProcessDied ?? (code === 137 ? true : null)),
    binding: {
      scope: 'container',
      path: incident.path,
      limitBytes: limit,
      usageBytes: null,
      hostAvailableBytes: hostAvailableBytes(incident),
    },
    because: witnesses,
    against: [],
  }
}

/** A pod's own object tells the limit of each container, and this one has none: whatever was reached stands above it. */
export function hasNoLimit(incident: Incident): boolean {
  const { pod, podContainer } = incident
  return (
    pod !== null &&
    pod.fact.controller !== undefined &&
    podContainer?.memoryLimitBytes === null &&
    ownLimitBytes(incident) === null
  )
}

/** Everything that calls it OOM: inspect's flag, `oom` events, terminated reason OOMKilled, the words of lists and of systemd. */
export function flags(incident: Incident): readonly Observation[] {
  const { container, events, pod, podContainer, kubernetesEvents } = incident
  // What runs now did not die yet: its last state is the end of an earlier life.
  const states =
    incident.ending === null
      ? [podContainer?.state]
      : [podContainer?.state, podContainer?.lastState]
  const here = states.some(
    (state) =>
      state?.reason === 'OOMKilled' &&
      (incident.ending?.at === undefined ||
        incident.ending.at === null ||
        state.finishedAt === null ||
        Math.abs(state.finishedAt - incident.ending.at) < 2_000),
  )
  return [
    ...(container?.fact.oomKilled === true ? [container] : []),
    ...events.filter(({ fact }) => fact.action === 'oom'),
    ...(pod !== null && here ? [pod] : []),
    ...kubernetesEvents.filter(({ fact }) => /^OOMKill/i.test(fact.reason)),
    ...(incident.ending?.because ?? []).filter(
      ({ fact }) => fact.kind === 'exit-status' && fact.oomKilled === true,
    ),
  ]
}

function sayer({ subject }: Incident): string {
  return subject.platform === 'cgroup' ? 'systemd' : 'the engine'
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1)
}
