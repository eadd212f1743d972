import { formatBytes } from '../../../model/bytes.ts'
import type { Rule } from '../../rule.ts'
import { inPod } from '../examples.ts'
import { sized } from '../words.ts'
import { ownSize } from './own-size.ts'

const init = (size: string): string => `
  initContainers:
    - name: migrate
      image: registry.example.com/migrate:1
      resources:
        requests:
          cpu: 100m
          memory: ${size}
        limits:
          memory: 2Gi`

const CONTAINER = `
  image: registry.example.com/web:1
  resources:
    requests:
      cpu: 100m
      memory: 512Mi
    limits:
      memory: 512Mi`

export const initDominates: Rule = {
  id: 'K15',
  severity: 'info',
  title: 'An init container requests more than the pod it prepares',
  why: 'The scheduler keeps the larger of the two free for the whole life of the pod. What runs for a minute then blocks memory for weeks; a Job of its own does not.',
  reference:
    'https://kubernetes.io/docs/concepts/workloads/pods/init-containers/#resource-sharing-within-containers',
  examples: {
    bad: inPod(CONTAINER, init('»2Gi')),
    good: inPod(CONTAINER, init('512Mi')),
  },
  *check({ workloads }) {
    for (const { containers } of workloads) {
      const running = containers.filter(({ role }) => role !== 'init')
      const sum = running.reduce((bytes, { request }) => bytes + (request?.bytes ?? 0), 0)
      for (const container of containers) {
        const request = ownSize(container, 'requests')
        if (container.role !== 'init' || typeof request?.bytes !== 'number' || sum === 0) continue
        if (request.bytes <= sum) continue
        yield {
          place: request.place,
          message: `${container.name} requests ${sized(request)}, and what runs after it ${formatBytes(sum)}`,
        }
      }
    }
  },
}
