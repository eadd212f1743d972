import { formatBytes } from '../../../model/bytes.ts'
import type { Rule } from '../../rule.ts'
import { inPod } from '../examples.ts'
import { inJvms } from '../inputs.ts'
import { sized } from '../words.ts'

const program = (initial: string): string => `
image: registry.example.com/web:1
command: [java, ${initial}, -Xmx600m, -jar, app.jar]
resources:
  requests:
    cpu: 100m
    memory: 512Mi
  limits:
    memory: 1Gi`

export const initialHeap: Rule = {
  id: 'J17',
  severity: 'warning',
  title: 'The Java heap starts above what is requested',
  why: 'The scheduler counts with the request, and the program plans with more from its first minute. Under pressure the kubelet evicts first who is above its request.',
  reference: 'https://kubernetes.io/docs/concepts/scheduling-eviction/node-pressure-eviction/',
  examples: { bad: inPod(program('»-Xms600m')), good: inPod(program('-Xms256m')) },
  check: inJvms(function* ({ flags, setBy }, { request, workload }) {
    const word = setBy.get('initialHeapBytes')
    const initial = flags.initialHeapBytes
    if (workload.platform !== 'kubernetes' || word === undefined || initial === null) return
    if (typeof request?.bytes !== 'number' || initial <= request.bytes) return
    yield {
      place: word.place,
      message: `the heap starts with ${formatBytes(initial)}, and ${sized(request)} is requested`,
    }
  }),
}
