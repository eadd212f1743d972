import type { Observation } from '../../model/evidence.ts'
import type { ContainerEvent } from '../../model/facts.ts'
import type { Instant } from '../../model/time.ts'
import type { Origin, TextFormat } from '../format.ts'
import { instantOf, possibleInstant } from '../instant.ts'
import { numberField, textField } from '../json-fields.ts'
import { integerAt, jsonObjects, recordAt } from '../json.ts'
import type { JsonRecord } from '../json.ts'
import { actionOf, signalOf } from './actions.ts'
import { eventObservation } from './event.ts'
import { droppedEvents, newestEvents } from './newest-events.ts'

/** `docker events --format '{{json .}}'`, `GET /events` and `podman events --format json`. */
export const eventsJsonFormat: TextFormat = {
  id: 'container-events-json',
  recognise: (head) =>
    /^\s*[[{]/.test(head) &&
    (isDockerText(head) || isPodmanText(head)) &&
    !/"OOMKilled"\s*:/.test(head),
  parse,
  unread: (text) => droppedEvents(text, /"Type"\s*:\s*"container"/g),
}

function isDockerText(head: string): boolean {
  return /"Action"\s*:\s*"/.test(head) && /"Actor"\s*:\s*\{/.test(head)
}

function isPodmanText(head: string): boolean {
  return /"Status"\s*:\s*"/.test(head) && /"Type"\s*:\s*"/.test(head) && /"[tT]ime"\s*:/.test(head)
}

function parse(text: string, origin: Origin): Observation[] {
  const found = newestEvents()
  for (const { value, line } of jsonObjects(text)) {
    if (textField(value, 'Type') !== 'container') continue
    const event = dockerEvent(value) ?? podmanEvent(value)
    if (event === null) continue
    const place = { at: time(value), line, excerpt: JSON.stringify(value) }
    found.add(eventObservation(origin, event, place))
  }
  return found.all()
}

function dockerEvent(value: JsonRecord): ContainerEvent | null {
  const actor = recordAt(value, 'Actor')
  const attributes = recordAt(actor, 'Attributes')
  const id = textField(actor, 'ID') ?? textField(value, 'id')
  const word = textField(value, 'Action') ?? textField(value, 'status')
  if (id === null || word === null || actor === null) return null
  return {
    kind: 'container-event',
    engine: 'docker',
    id,
    name: textField(attributes, 'name'),
    image: textField(attributes, 'image') ?? textField(value, 'from'),
    action: actionOf(word, 'docker'),
    exitCode: integerAt(attributes, 'exitCode'),
    signal: signalOf(textField(attributes, 'signal')),
    execId: textField(attributes, 'execID'),
  }
}

function podmanEvent(value: JsonRecord): ContainerEvent | null {
  const id = textField(value, 'ID') ?? textField(value, 'Id')
  const word = textField(value, 'Status')
  if (id === null || word === null) return null
  const attributes = recordAt(value, 'Attributes')
  return {
    kind: 'container-event',
    engine: 'podman',
    id,
    name: textField(value, 'Name'),
    image: textField(value, 'Image'),
    action: actionOf(word, 'podman'),
    // podman leaves the member out where the code is 0, and older ones always: absent is unknown.
    exitCode: integerAt(value, 'ContainerExitCode'),
    signal: signalOf(textField(attributes, 'signal')),
    execId: textField(attributes, 'execID'),
  }
}

function time(value: JsonRecord): Instant | null {
  const nanoseconds = numberField(value, 'timeNano')
  if (nanoseconds !== null) return possibleInstant(nanoseconds / 1e6)
  const seconds = numberField(value, 'time')
  if (seconds !== null) return possibleInstant(seconds * 1000)
  return instantOf(textField(value, 'Time') ?? textField(value, 'time'))
}
