import { releaseInWords, releaseOf } from './release.ts'
import type { Incident } from './incident.ts'
import type { PodContainer } from '../model/cluster.ts'

/** How often the kubelet has started it again, and since when: one kill is an accident, a loop is a fault. Empty: never. */
export function loopInWords(incident: Incident): string {
  const { pod, podContainer, reports, ending } = incident
  const restarts = podContainer?.restartCount ?? 0
  if (podContainer === null || restarts === 0 || (reports.length === 0 && ending === null))
    return ''
  // Where the kubelet has lost sight of a container that it ended, it counts one more, and starts none.
  if (pod?.fact.restartPolicy === 'Never' && podContainer.role !== 'sidecar') return ''
  const times = restarts === 1 ? 'once' : `${restarts} times`
  const release = releaseOf(incident)
  // Its pod is younger than the version it runs in.
  const since = release === null ? '' : `; it runs in ${releaseInWords(release)}`
  return ` The kubelet has started it again ${times}${waits(podContainer)}${since}.`
}

/** What the kubelet adds is the wait of now: kuberuntime_manager.go, doBackOff(). */
const BACK_OFF = /^[Bb]ack-off (?:(\d{1,3})m)?(?:(\d{1,5}(?:\.\d{1,9})?)s)? restarting failed/

/** MaxContainerBackOff and backOffPeriod of pkg/kubelet/kubelet.go; ten minutes of running take it back. */
const LAW =
  '10 s, twice as long each time, five minutes at most; from 10 s on again once it has run for ten minutes'

function waits({ state, lastState }: PodContainer): string {
  if (state?.reason !== 'CrashLoopBackOff') return ''
  const [told, minutes = '0', seconds = '0'] = BACK_OFF.exec(state.message ?? '') ?? []
  const now = told === undefined ? null : Number(minutes) * 60 + Number(seconds)
  const ended = lastState?.finishedAt ?? null
  const next =
    now === null || now === 0
      ? ''
      : `; now ${now} s${ended === null ? '' : `, so the next start is not before ${utc(ended + now * 1_000)}`}`
  return `, and waits longer before each start (${LAW})${next}`
}

function utc(at: number): string {
  return `${new Date(at).toISOString().slice(0, 19).replace('T', ' ')} UTC`
}
