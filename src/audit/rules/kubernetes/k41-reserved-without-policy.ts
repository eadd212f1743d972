import { at, itemsAt, keyAt, textAt } from '../../documents/value.ts'
import type { Rule } from '../../rule.ts'
import { kubernetes } from '../examples.ts'

const kubelet = (mark: string, more: string): string => `
apiVersion: kubelet.config.k8s.io/v1beta1
kind: KubeletConfiguration
kubeReserved:
  memory: 924Mi
${mark}reservedMemory:
  - numaNode: 0
    limits:
      memory: 1Gi
${more}`

export const reservedWithoutPolicy: Rule = {
  id: 'K41',
  severity: 'warning',
  title: 'reservedMemory that nobody reads',
  why: 'reservedMemory (--reserved-memory) tells the Memory Manager on which NUMA nodes the reserve of the system lies, and only its policy Static asks for that. It keeps nothing from pods and evicts nobody: kubeReserved and systemReserved do the one, evictionHard and evictionSoft the other.',
  reference:
    'https://kubernetes.io/docs/tasks/administer-cluster/memory-manager/; NewManager() of pkg/kubelet/cm/memorymanager/memory_manager.go',
  examples: {
    bad: kubernetes(kubelet('»', '')),
    good: kubernetes(kubelet('', 'memoryManagerPolicy: Static')),
  },
  *check({ objects }) {
    for (const { kind, root } of objects) {
      if (kind !== 'KubeletConfiguration' || itemsAt(root, 'reservedMemory').length === 0) continue
      const place = keyAt(root, 'reservedMemory')
      const policy = textAt(root, 'memoryManagerPolicy')
      // What is no text, or is filled in later, is not known.
      const isNone = at(root, 'memoryManagerPolicy') === null || policy === 'None'
      if (place === null || !isNone) continue
      yield { place, message: 'it has no effect without memoryManagerPolicy: Static' }
    }
  },
}
