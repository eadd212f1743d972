import type { Observation } from '../../model/evidence.ts'
import type { ContainerEvent } from '../../model/facts.ts'
import type { Origin, TextFormat } from '../format.ts'
import { instantOf } from '../instant.ts'
import { detached, linesOf } from '../lines.ts'
import { actionOf, signalOf } from './actions.ts'
import { eventObservation } from './event.ts'
import { droppedEvents, newestEvents } from './newest-events.ts'

/** docker: RFC 3339 without blanks; podman: Go's form with blanks and a zone name. */
const STAMP =
  /^(?:(\d{4}-\d\d-\d\dT[\d:.]+(?:Z|[+-]\d\d:\d\d))|(\d{4}-\d\d-\d\d [\d:.]+ [+-]\d{4}) \S+(?: m=\S+)?) /
const KIND =
  /^(?:container|image|network|volume|daemon|plugin|system|pod|secret|config|service|node|builder) /

/** `docker events` and `podman events` as they print to a terminal. */
export const eventsTextFormat: TextFormat = {
  id: 'container-events-text',
  recognise(head) {
    for (const { number, text } of linesOf(head)) {
      const stamp = STAMP.exec(text)
      if (stamp !== null && KIND.test(text.slice(stamp[0].length))) return true
      if (number >= 20) return false
    }
    return false
  },
  parse,
  unread: (text) => droppedEvents(text, / container \w/g),
}

function parse(text: string, origin: Origin): Observation[] {
  const found = newestEvents()
  for (const { number, text: slice } of linesOf(text)) {
    const stamp = STAMP.exec(slice)
    if (stamp === null || !slice.startsWith('container ', stamp[0].length)) continue
    const line = detached(slice)
    const rest = line.slice(stamp[0].length + 'container '.length)
    const event = parseEvent(rest, stamp[1] === undefined ? 'podman' : 'docker')
    if (event === null) continue
    const at = instantOf(stamp[1] ?? stamp[2] ?? null)
    found.add(eventObservation(origin, event, { at, line: number, excerpt: line }))
  }
  return found.all()
}

/** `exec_create: sh -c … <id> (execID=…, image=…, name=…)`: the command may hold anything, so the id is looked for from the end. */
const EVENT = /^(.*) ([0-9a-f]{12,64}) \((.*)\)$/

function parseEvent(rest: string, engine: 'docker' | 'podman'): ContainerEvent | null {
  // Without its end the line was cut, and looking for the beginning of the list would take long.
  const match = rest.endsWith(')') ? EVENT.exec(rest) : null
  if (match === null) return null
  const [, word = '', id = '', list = ''] = match
  const action = actionOf(word, engine)
  if (!/^[a-z_]+(?:: \w+)?$/.test(action)) return null
  const attributes = attributesOf(list)
  return {
    kind: 'container-event',
    engine,
    id,
    name: attributes.get('name') ?? null,
    image: attributes.get('image') ?? null,
    action,
    exitCode: wholeNumber(attributes.get('exitCode')),
    signal: signalOf(attributes.get('signal') ?? null),
    execId: attributes.get('execID') ?? null,
  }
}

/** Labels stand among the attributes and may hold commas: a name that stands twice with two values says nothing. */
function attributesOf(list: string): Map<string, string | null> {
  const attributes = new Map<string, string | null>()
  for (const piece of list.split(', ')) {
    const equals = piece.indexOf('=')
    if (equals <= 0) continue
    const name = piece.slice(0, equals)
    const value = piece.slice(equals + 1)
    const contradicted = attributes.has(name) && attributes.get(name) !== value
    attributes.set(name, contradicted || value === '' ? null : value)
  }
  return attributes
}

function wholeNumber(text: string | null | undefined): number | null {
  return typeof text === 'string' && /^\d{1,9}$/.test(text) ? Number(text) : null
}
