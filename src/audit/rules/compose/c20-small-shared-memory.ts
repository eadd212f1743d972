import { inContainers, type Rule } from '../../rule.ts'
import { inService } from '../examples.ts'
import { needOfSharedMemory } from '../shared-memory-images.ts'

const service = (mark: string, more: string): string => `
image: ${mark}selenium/standalone-chrome:4
mem_limit: 2g${more}`

export const smallShm: Rule = {
  id: 'C20',
  severity: 'warning',
  title: '64 MiB of /dev/shm are too few for this program',
  why: 'A container gets 64 MiB of shared memory where shm_size is not set. When it is full, programs that need more crash with a bus error or "could not resize shared memory segment".',
  reference: 'moby, daemon/config, DefaultShmSize',
  examples: {
    bad: inService(service('»', '')),
    good: inService(service('', '\nshm_size: 512m')),
  },
  check: inContainers(['compose', 'docker', 'quadlet'], function* (container) {
    const { image, sharedMemory, options } = container
    const need = needOfSharedMemory(container)
    const isShared = options.has('ipc')
    if (need === null || image === null || sharedMemory !== null || isShared) return
    yield {
      place: image.place,
      severity: need.severity,
      message: `${container.name} has 64 MiB of /dev/shm: ${need.says}`,
    }
  }),
}
