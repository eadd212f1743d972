import { entriesAt, keyAt, textAt } from '../../documents/value.ts'
import type { Rule } from '../../rule.ts'
import { kubernetes } from '../examples.ts'

const SIGNALS = ['memory.available', 'nodefs.available', 'nodefs.inodesFree', 'imagefs.available']

const kubelet = (mark: string, more: string): string => `
apiVersion: kubelet.config.k8s.io/v1beta1
kind: KubeletConfiguration
${mark}evictionHard:
  memory.available: 500Mi
${more}`

export const evictionSignals: Rule = {
  id: 'K30',
  severity: 'high',
  title: 'evictionHard leaves some signals at zero',
  why: 'As soon as one threshold is set, those that are not named are 0, and not their defaults: the kubelet does not evict for them any more, and the node itself runs out.',
  reference:
    'https://kubernetes.io/docs/concepts/scheduling-eviction/node-pressure-eviction/#hard-eviction-thresholds',
  examples: {
    bad: kubernetes(kubelet('»', '')),
    good: kubernetes(
      kubelet('', '  nodefs.available: 10%\n  nodefs.inodesFree: 5%\n  imagefs.available: 15%'),
    ),
  },
  *check({ objects }) {
    for (const { kind, root } of objects) {
      if (kind !== 'KubeletConfiguration') continue
      if (textAt(root, 'mergeDefaultEvictionSettings') === 'true') continue
      const named = entriesAt(root, 'evictionHard').map(([name]) => name)
      const missing = SIGNALS.filter((signal) => !named.includes(signal))
      const place = keyAt(root, 'evictionHard')
      if (named.length === 0 || missing.length === 0 || place === null) continue
      yield { place, message: `${missing.join(', ')} ${missing.length === 1 ? 'is' : 'are'} 0 now` }
    }
  },
}
