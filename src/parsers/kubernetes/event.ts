import type { Observation } from '../../model/evidence.ts'
import type { KubernetesEvent } from '../../model/cluster.ts'
import type { Instant } from '../../model/time.ts'
import type { Origin } from '../format.ts'
import type { ApiObject } from './documents.ts'

import { field, instantField, numberField, textField, writeJson } from '../json-fields.ts'
import { observe } from './observation.ts'

/** An Event object, of the core API or of `events.k8s.io`, whose field names differ. */
export function readEvent(object: ApiObject, origin: Origin): Observation<KubernetesEvent> | null {
  const event = object.value
  const reason = textField(event, 'reason')
  if (reason === null) return null
  const about = field(event, 'involvedObject') ?? field(event, 'regarding')
  const fact: KubernetesEvent = {
    kind: 'kubernetes-event',
    reason,
    message: textField(event, 'message') ?? textField(event, 'note') ?? '',
    type: textField(event, 'type'),
    namespace: textField(about, 'namespace') ?? textField(event, 'metadata', 'namespace'),
    objectKind: textField(about, 'kind'),
    objectName: textField(about, 'name'),
    objectUid: textField(about, 'uid'),
    count:
      numberField(event, 'series', 'count') ??
      numberField(event, 'count') ??
      numberField(event, 'deprecatedCount'),
    ...containerOf(about),
    ...firstOf(event),
  }
  return observe(origin, {
    fact,
    at: lastSeen(event),
    says: describeEvent(fact),
    excerpt: writeJson({ reason, type: fact.type, message: fact.message, about }),
    line: object.line,
  })
}

/** `spec.containers{app}` */
function containerOf(about: unknown): Pick<KubernetesEvent, 'container'> {
  const name = /\{([^{}]+)\}$/.exec(textField(about, 'fieldPath') ?? '')?.[1]
  return name === undefined ? {} : { container: name }
}

function firstOf(event: unknown): Pick<KubernetesEvent, 'firstAt'> {
  const first = instantField(event, 'firstTimestamp') ?? instantField(event, 'eventTime')
  return first === null || first === lastSeen(event) ? {} : { firstAt: first }
}

/** The newest of the times that the several generations of the API write. */
function lastSeen(event: unknown): Instant | null {
  const times = [
    instantField(event, 'series', 'lastObservedTime'),
    instantField(event, 'lastTimestamp'),
    instantField(event, 'deprecatedLastTimestamp'),
    instantField(event, 'eventTime'),
    instantField(event, 'firstTimestamp'),
  ].filter((time) => time !== null)
  return times.length === 0
    ? instantField(event, 'metadata', 'creationTimestamp')
    : Math.max(...times)
}

/** One sentence for any event, whatever it was read from. */
export function describeEvent(event: KubernetesEvent): string {
  const subject = [event.objectKind, event.objectName].filter((part) => part !== null).join(' ')
  const times = event.count !== null && event.count > 1 ? ` (${event.count} times)` : ''
  const message = event.message === '' ? '' : `: ${event.message.slice(0, 400)}`
  return `Kubernetes event ${event.reason}${subject === '' ? '' : ` on ${subject}`}${times}${message}`
}
