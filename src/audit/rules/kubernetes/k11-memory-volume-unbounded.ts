import { inContainers, type Rule } from '../../rule.ts'
import { inPod } from '../examples.ts'

const VOLUME = (sizeLimit: string, mark: string): string => `
  volumes:
    - name: cache
      emptyDir:
        medium: ${mark}Memory${sizeLimit}`

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

export const memoryVolumeUnbounded: Rule = {
  id: 'K11',
  severity: 'high',
  title: 'A volume in memory without a size limit',
  why: "What is written there is charged to the container that writes it, and cannot be reclaimed without swap. Without a sizeLimit it may grow to the node's allocatable memory, so a full cache kills the program.",
  reference: 'https://kubernetes.io/docs/concepts/storage/volumes/#emptydir',
  examples: {
    bad: inPod(CONTAINER, VOLUME('', '»')),
    good: inPod(CONTAINER, VOLUME('\n        sizeLimit: 128Mi', '')),
  },
  check: inContainers(['kubernetes'], function* ({ memoryMounts }) {
    const told = new Set<number>()
    for (const { size, place, path } of memoryMounts) {
      if (size !== null || told.has(place.start)) continue
      told.add(place.start)
      yield { place, message: `${path ?? 'it'} may grow until its writer is killed` }
    }
  }),
}
