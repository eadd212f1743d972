import { formatBytes } from '../../../model/bytes.ts'
import { inContainers, type Rule } from '../../rule.ts'
import { heapCapOf } from '../../runtimes/heap.ts'
import { inPod } from '../examples.ts'
import { percent, sized } from '../words.ts'

/** The rest is for the program itself. */
const MOST = 0.9

const CONTAINER = `
  image: registry.example.com/web:1
  resources:
    requests:
      cpu: 100m
      memory: 512Mi
    limits:
      memory: 512Mi
  volumeMounts:
    - name: cache
      mountPath: /cache`

const volume = (size: string): string => `
  volumes:
    - name: cache
      emptyDir:
        medium: Memory
        sizeLimit: ${size}`

export const memoryVolumeTooLarge: Rule = {
  id: 'K12',
  severity: 'high',
  title: 'Volumes in memory leave no room for the program',
  why: 'Pages of such a volume are charged to the container and cannot be reclaimed without swap. A volume that is allowed to fill the limit kills the program instead of giving an error of a full disk.',
  reference: 'measured: 201 MiB in a volume and a program of 80 MiB are killed at 256 MiB',
  examples: {
    bad: inPod(CONTAINER, volume('»500Mi')),
    good: inPod(CONTAINER, volume('128Mi')),
  },
  check: inContainers(['kubernetes'], function* (container) {
    const { effectiveLimit: limit, memoryMounts } = container
    const sizes = memoryMounts.flatMap(({ size, isShared }) => (isShared ? [] : (size ?? [])))
    const [first] = sizes
    if (typeof limit?.bytes !== 'number' || first === undefined) return
    const volumes = sizes.reduce((sum, { bytes }) => sum + (bytes ?? 0), 0)
    const heap = heapCapOf(container)
    const sum = volumes + (heap?.bytes ?? 0)
    if (sum <= MOST * limit.bytes) return
    const beside = heap === null ? '' : ` with ${heap.says}`
    yield {
      place: first.place,
      message: `${formatBytes(volumes)} of volumes${beside} may take ${percent(sum, limit.bytes)} of the limit ${sized(limit)}`,
    }
  }),
}
