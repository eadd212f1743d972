import { formatBytes, GIB, MIB } from '../../../model/bytes.ts'
import { kubernetesSize } from '../../documents/pod.ts'
import { at } from '../../documents/value.ts'
import type { Rule } from '../../rule.ts'
import { kubernetes } from '../examples.ts'

const LARGE_BYTES = 8 * GIB
/** The kubelet's own default: what is kept free for evictions alone. */
const DEFAULT_BYTES = 100 * MIB

const node = (allocatable: string): string => `
apiVersion: v1
kind: Node
metadata:
  name: worker-1
status:
  capacity:
    memory: 16384Mi
  allocatable:
    memory: ${allocatable}`

export const nothingReserved: Rule = {
  id: 'K31',
  severity: 'warning',
  title: 'A node reserves no memory for itself',
  why: 'All but 100 MiB may be requested by pods. The kubelet, the container runtime and the system live from the same memory: under pressure the kernel kills before the kubelet can evict. Set kubeReserved and systemReserved.',
  reference: 'https://kubernetes.io/docs/tasks/administer-cluster/reserve-compute-resources/',
  examples: { bad: kubernetes(node('»16284Mi')), good: kubernetes(node('14848Mi')) },
  *check({ objects }) {
    for (const { kind, root, name } of objects) {
      if (kind !== 'Node') continue
      const capacity = kubernetesSize(at(root, 'status', 'capacity', 'memory'))?.bytes ?? 0
      const allocatable = kubernetesSize(at(root, 'status', 'allocatable', 'memory'))
      if (typeof allocatable?.bytes !== 'number' || capacity < LARGE_BYTES) continue
      const kept = capacity - allocatable.bytes
      if (kept > DEFAULT_BYTES) continue
      yield {
        place: allocatable.place,
        message: `of ${formatBytes(capacity)}, ${name} keeps ${formatBytes(kept)}`,
      }
    }
  },
}
