import { ENGINES, inContainers, type Rule } from '../../rule.ts'
import { inService } from '../examples.ts'
import { needOfSharedMemory } from '../shared-memory-images.ts'
import { percent, sized } from '../words.ts'

const MUCH = 0.25

const service = (size: string): string => `
image: registry.example.com/web:1
mem_limit: 512m
shm_size: ${size}`

export const sharedMemoryTooLarge: Rule = {
  id: 'C19',
  severity: 'warning',
  title: '/dev/shm takes a large part of the limit',
  why: 'shm_size is no memory on top: /dev/shm is a tmpfs, and what is written there is charged to the container like everything else.',
  reference: 'kernel, mm/shmem.c; measured: shared memory counts against the limit',
  examples: { bad: inService(service('»256m')), good: inService(service('64m')) },
  check: inContainers(ENGINES, function* (container) {
    const { sharedMemory, limit } = container
    if (typeof sharedMemory?.bytes !== 'number' || !limit?.bytes) return
    const share = sharedMemory.bytes / limit.bytes
    const isMeant = share < 1 && needOfSharedMemory(container) !== null
    if (share <= MUCH || isMeant) return
    yield {
      place: sharedMemory.place,
      severity: share >= 1 ? 'critical' : 'warning',
      message: `${sized(sharedMemory)} is ${percent(share, 1)} of the limit ${sized(limit)}`,
    }
  }),
}
