import { ENGINES, inContainers, type Rule } from '../../rule.ts'
import { inService } from '../examples.ts'
import { isLimitedElsewhere } from './limited-elsewhere.ts'

const service = (limit: string, mark: string): string => `
image: registry.example.com/web:1
mem_reservation: ${mark}256m${limit}`

export const reservationAlone: Rule = {
  id: 'C08',
  severity: 'high',
  title: 'A reservation is no limit',
  why: 'On cgroup v1 it is a soft limit that acts only while the whole machine is short of memory; on cgroup v2 it is memory.low, which protects the container and bounds nothing.',
  reference: 'runc, libcontainer/cgroups/fs2/memory.go',
  examples: { bad: inService(service('', '»')), good: inService(service('\nmem_limit: 512m', '')) },
  check: inContainers(ENGINES, function* (container, context) {
    const { reservation, limit, isWhole, name } = container
    if (!isWhole || limit !== null || !reservation?.bytes) return
    if (isLimitedElsewhere(container, context)) return
    yield {
      place: reservation.place,
      message: `${name} reserves ${reservation.text}, and nothing limits it`,
    }
  }),
}
