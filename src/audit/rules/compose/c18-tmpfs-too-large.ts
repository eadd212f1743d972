import { formatBytes } from '../../../model/bytes.ts'
import { ENGINES, inContainers, type Rule } from '../../rule.ts'
import { heapCapOf } from '../../runtimes/heap.ts'
import { inService } from '../examples.ts'
import { percent, sized } from '../words.ts'

/** The rest is for the program itself. */
const MOST = 0.9

const service = (size: string): string => `
image: registry.example.com/web:1
mem_limit: 512m
tmpfs:
  - ${size}`

export const tmpfsTooLarge: Rule = {
  id: 'C18',
  severity: 'high',
  title: 'File systems in memory leave no room for the program',
  why: 'A tmpfs and /dev/shm are charged to the container, page by page. Sizes that reach the limit let full files kill the program.',
  reference: 'measured: files of a tmpfs count against the limit, and stay when memory is short',
  examples: {
    bad: inService(service('»/tmp:size=500m')),
    good: inService(service('/tmp:size=100m')),
  },
  check: inContainers([...ENGINES, 'systemd'], function* (container) {
    const { limit, memoryMounts, sharedMemory } = container
    const mounts = memoryMounts.filter(({ size }) => size !== null)
    const place = mounts[0]?.place
    if (typeof limit?.bytes !== 'number' || place === undefined) return
    const files =
      mounts.reduce((sum, { size }) => sum + (size?.bytes ?? 0), 0) + (sharedMemory?.bytes ?? 0)
    const heap = heapCapOf(container)
    const sum = files + (heap?.bytes ?? 0)
    if (sum <= MOST * limit.bytes) return
    const beside = heap === null ? '' : ` with ${heap.says}`
    yield {
      place,
      message: `${formatBytes(files)} of files${beside} may take ${percent(sum, limit.bytes)} of the limit ${sized(limit)}`,
    }
  }),
}
