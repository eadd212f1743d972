import { releaseInWords, releaseOf } from './release.ts'
import type { Incident } from './incident.ts'

/** How often the kubelet has started it again, and since when: one kill is an accident, a loop is a fault. Empty: never. */
export function loopInWords(incident: Incident): string {
  const { podContainer, reports, ending } = incident
  const restarts = podContainer?.restartCount ?? 0
  if (restarts === 0 || (reports.length === 0 && ending === null)) return ''
  const times = restarts === 1 ? 'once' : `${restarts} times`
  const release = releaseOf(incident)
  // Its pod is younger than the version it runs in.
  const since = release === null ? '' : `; it runs in ${releaseInWords(release)}`
  const waits =
    podContainer?.state?.reason === 'CrashLoopBackOff'
      ? ', and waits longer before each start, up to five minutes'
      : ''
  return ` The kubelet has started it again ${times}${waits}${since}.`
}
