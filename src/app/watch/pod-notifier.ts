/** Which cases are told to the pods that they happened to, as Events. */
import type { Case } from '../../model/case.ts'
import { keepNewest } from '../../model/newest.ts'
import type { Instant } from '../../model/time.ts'
import type { JournalEntry } from '../../store/cases.ts'
import { podEvent } from '../../watch/notify/pod-event.ts'
import type { PodEvents } from '../../watch/notify/pod-events.ts'
import type { PodPlace, Pods } from '../../watch/pods.ts'

export interface PodNotifier {
  take(entry: JournalEntry): void
}

export interface PodNotifierOptions {
  pods: Pods
  node: string
  events: PodEvents
  now(): Instant
}

/** The API server keeps Events for an hour, unless told otherwise: what is older is no news. */
const NEWS_MS = 60 * 60_000
const MAX_TOLD = 5_000

export function podNotifier({ pods, node, events, now }: PodNotifierOptions): PodNotifier {
  const told = new Map<string, true>()

  return {
    take(entry) {
      if (entry.kind !== 'case' || told.has(entry.incident)) return
      const { incident, revision, case: found } = entry
      if (found.at !== null && found.at < now() - NEWS_MS) return
      const place = placeOf(found, pods)
      // A second look comes, and may know the container.
      if (place === null || (place.container === null && revision === 1)) return
      const event = podEvent({ incident, found, place, node, now: now() })
      if (event === null) return
      keepNewest(told, incident, true, MAX_TOLD)
      events.send(event)
    },
  }
}

function placeOf({ subject, binding }: Case, pods: Pods): PodPlace | null {
  const id = subject.platform === 'kubernetes' ? subject.id : null
  const place = id === null ? null : pods.of(id)
  if (place !== null) return place
  const above = binding.path === null ? null : pods.at(binding.path)
  return above === null ? null : { ...above, containerId: above.containerId ?? id }
}
