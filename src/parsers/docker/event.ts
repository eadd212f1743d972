import type { Observation } from '../../model/evidence.ts'
import type { ContainerEvent } from '../../model/facts.ts'
import type { Instant } from '../../model/time.ts'
import type { Origin } from '../format.ts'
import { observation } from '../observe.ts'

/** An event as an observation of its line. */
export function eventObservation(
  origin: Origin,
  event: ContainerEvent,
  place: { at: Instant | null; line: number; excerpt: string },
): Observation {
  return observation(origin, { source: event.engine, ...place, says: says(event), fact: event })
}

function says(event: ContainerEvent): string {
  const details = [
    event.exitCode === null ? null : `exit code ${event.exitCode}`,
    event.signal === null ? null : `signal ${event.signal}`,
  ].filter((detail) => detail !== null)
  const tail = details.length === 0 ? '' : `, ${details.join(', ')}`
  return `${event.engine} event: ${event.action} of container ${event.name ?? event.id.slice(0, 12)}${tail}`
}
