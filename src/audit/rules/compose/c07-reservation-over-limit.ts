import { at } from '../../documents/value.ts'
import { inContainers, type Rule } from '../../rule.ts'
import { inService } from '../examples.ts'
import { sized } from '../words.ts'

const service = (reservation: string): string => `
image: registry.example.com/web:1
mem_limit: 512m
mem_reservation: ${reservation}`

export const reservationOverLimit: Rule = {
  id: 'C07',
  severity: 'error',
  title: 'The reservation is not below the limit',
  why: 'A reservation above the limit is refused by the engine. One that is the same as the limit does nothing: the limit is reached first.',
  reference: 'moby, daemon/daemon_unix.go, verifyPlatformContainerResources',
  examples: { bad: inService(service('»1g')), good: inService(service('256m')) },
  check: inContainers(['compose', 'quadlet'], function* ({ reservation, limit, root }) {
    if (!reservation?.bytes || typeof limit?.bytes !== 'number' || reservation.bytes < limit.bytes)
      return
    const { place } = reservation
    if (reservation.bytes > limit.bytes) {
      yield {
        place,
        message: `the reservation ${sized(reservation)} is above the limit ${sized(limit)}`,
      }
    } else if (at(root, 'mem_reservation') !== null) {
      yield {
        place,
        severity: 'warning',
        message: `the reservation ${sized(reservation)} is the limit itself, and does nothing`,
      }
    }
  }),
}
