import { keyAt } from '../../documents/value.ts'
import { inContainers, type Rule } from '../../rule.ts'
import { inPod, resources } from '../examples.ts'

const sidecar = (limits: string): string => `
  initContainers:
    - name: proxy
      image: registry.example.com/proxy:1
      ${limits === '' ? '»' : ''}restartPolicy: Always
${limits}`

const CONTAINER = `
image: registry.example.com/web:1
${resources('512Mi')}`

export const sidecarNoLimit: Rule = {
  id: 'K17',
  severity: 'high',
  title: 'A sidecar without a memory limit',
  why: 'An init container that is always restarted runs beside the program for the whole life of the pod. Without a limit of its own it may take the memory of the node.',
  reference: 'kubernetes, pkg/kubelet/qos/policy.go; KEP-753',
  examples: {
    bad: inPod(CONTAINER, sidecar('')),
    good: inPod(
      CONTAINER,
      sidecar(
        '      resources:\n        requests:\n          memory: 64Mi\n        limits:\n          memory: 64Mi',
      ),
    ),
  },
  check: inContainers(
    ['kubernetes'],
    function* ({ role, isWhole, effectiveLimit, name, root, place }) {
      if (role !== 'sidecar' || !isWhole || effectiveLimit !== null) return
      yield {
        place: keyAt(root, 'restartPolicy') ?? place,
        message: `${name} runs beside the program as long as the pod lives, and has no limit`,
      }
    },
  ),
}
