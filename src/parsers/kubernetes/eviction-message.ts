import type { KubernetesEvent } from '../../model/cluster.ts'
import type { TextFormat } from '../format.ts'
import { observe } from './observation.ts'

const MAX_CHARS = 16 * 1024
/** pkg/kubelet/eviction/helpers.go: nodeLowMessageFmt. */
const MESSAGE = /^\W{0,3}(?:message: *\W?)?The node was low on resource: memory\b/i

/** The message of an evicted pod alone, as people copy it out of its status. */
export const evictionMessage: TextFormat = {
  id: 'eviction-message',
  recognise: (head) => head.length < MAX_CHARS && MESSAGE.test(head.trimStart()),
  parse(text, origin) {
    const message = text.trim().replace(/\s+/g, ' ').slice(0, 1_000)
    const fact: KubernetesEvent = {
      kind: 'kubernetes-event',
      reason: 'Evicted',
      message,
      type: 'Warning',
      namespace: null,
      objectKind: 'Pod',
      objectName: null,
      objectUid: null,
      count: null,
    }
    const says = `The kubelet evicted a pod: ${message.slice(0, 400)}`
    return [observe(origin, { fact, at: null, says, excerpt: text.trim(), line: 1 })]
  },
}
