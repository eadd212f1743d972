import { scalarAt } from '../../documents/value.ts'
import type { Rule } from '../../rule.ts'
import { kubernetes } from '../examples.ts'

const nodes = (kernel: string): string => `
apiVersion: kubelet.config.k8s.io/v1beta1
kind: KubeletConfiguration
memoryThrottlingFactor: 0.9
---
apiVersion: v1
kind: Node
metadata:
  name: worker-1
status:
  nodeInfo:
    kernelVersion: ${kernel}`

export const throttlingOnOldKernel: Rule = {
  id: 'K32',
  severity: 'high',
  title: 'memory.high on a kernel that can hang with it',
  why: 'memoryThrottlingFactor sets memory.high. Kernels before 5.9 can live-lock there: the container neither runs nor dies. Update the kernel, or leave the factor unset.',
  reference: 'KEP-2570, memory QoS',
  examples: {
    bad: kubernetes(nodes('»5.4.0-190-generic')),
    good: kubernetes(nodes('6.8.0-45-generic')),
  },
  *check({ objects }) {
    const factor = objects
      .filter(({ kind }) => kind === 'KubeletConfiguration')
      .some(({ root }) => scalarAt(root, 'memoryThrottlingFactor') !== null)
    for (const { kind, root, name } of objects) {
      const kernel = kind === 'Node' ? scalarAt(root, 'status', 'nodeInfo', 'kernelVersion') : null
      const [, major, minor] = /^(\d+)\.(\d+)/.exec(kernel?.text ?? '') ?? []
      if (!factor || kernel === null || major === undefined) continue
      if (Number(major) > 5 || (Number(major) === 5 && Number(minor) >= 9)) continue
      yield {
        place: kernel.place,
        message: `${name} runs ${kernel.text}, and memory.high needs 5.9`,
      }
    }
  },
}
