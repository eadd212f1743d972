import { formatBytes, MIB } from '../../../model/bytes.ts'
import { kubernetesSize } from '../../documents/pod.ts'
import { at, entriesAt, itemsAt, keyAt, textAt } from '../../documents/value.ts'
import type { Value } from '../../documents/value.ts'
import type { Rule } from '../../rule.ts'
import { kubernetes } from '../examples.ts'

/** memory.available of the kubelet's own evictionHard. */
const DEFAULT_BYTES = 100 * MIB

const kubelet = (mark: string, reserved: string): string => `
apiVersion: kubelet.config.k8s.io/v1beta1
kind: KubeletConfiguration
memoryManagerPolicy: Static
kubeReserved:
  memory: 512Mi
systemReserved:
  memory: 412Mi
${mark}reservedMemory:
  - numaNode: 0
    limits:
      memory: ${reserved}`

export const reservedSum: Rule = {
  id: 'K42',
  severity: 'error',
  title: 'reservedMemory does not come to what is reserved',
  why: 'With the policy Static the kubelet does not start unless the reserves of all NUMA nodes together are kubeReserved + systemReserved + the threshold of evictionHard, which is 100Mi where none is set.',
  reference: 'validateReservedMemory() of pkg/kubelet/cm/memorymanager/memory_manager.go',
  examples: {
    bad: kubernetes(kubelet('»', '924Mi')),
    good: kubernetes(kubelet('', '1Gi')),
  },
  *check({ objects }) {
    for (const { kind, root } of objects) {
      if (kind !== 'KubeletConfiguration') continue
      if (textAt(root, 'memoryManagerPolicy') !== 'Static') continue
      const given = sumOf(
        itemsAt(root, 'reservedMemory').map((one) => bytesAt(one, 'limits', 'memory')),
      )
      const wanted = sumOf([
        bytesAt(root, 'kubeReserved', 'memory'),
        bytesAt(root, 'systemReserved', 'memory'),
        thresholdOf(root),
      ])
      const place = keyAt(root, 'reservedMemory') ?? keyAt(root, 'memoryManagerPolicy')
      if (place === null || given === null || wanted === null || given === wanted) continue
      yield {
        place,
        message: `the NUMA nodes reserve ${formatBytes(given)} together, and kubeReserved, systemReserved and evictionHard come to ${formatBytes(wanted)} (${wanted} bytes)`,
      }
    }
  },
}

/** Null: it is not known, as where it is a share of the machine. */
function thresholdOf(root: Value): number | null {
  const isSet = entriesAt(root, 'evictionHard').length > 0
  if (!isSet) return DEFAULT_BYTES
  if (at(root, 'evictionHard', 'memory.available') !== null)
    return bytesAt(root, 'evictionHard', 'memory.available')
  return textAt(root, 'mergeDefaultEvictionSettings') === 'true' ? DEFAULT_BYTES : 0
}

/** What is not there is 0; null: it is there, and is no amount. */
function bytesAt(value: Value, ...path: readonly string[]): number | null {
  const found = at(value, ...path)
  return found === null ? 0 : (kubernetesSize(found)?.bytes ?? null)
}

function sumOf(all: readonly (number | null)[]): number | null {
  return all.reduce<number | null>(
    (sum, bytes) => (sum === null || bytes === null ? null : sum + bytes),
    0,
  )
}
