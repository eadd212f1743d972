import { formatBytes } from '../../../model/bytes.ts'
import type { ClusterNode } from '../../cluster.ts'
import { onClusters, type Rule } from '../../rule.ts'
import { percent } from '../words.ts'
import { onCluster } from './examples.ts'

/** Pods seldom reach their limits together; above this, two of three are enough. */
const MOST = 1.5

const node = (limits: number, mark = ''): string => `
"nodes": [
  {
    "name": ${mark}"worker-1",
    "allocatableBytes": 17179869184,
    "requestBytes": 8589934592,
    "limitBytes": ${limits},
    "pods": 20,
    "bestEffort": 0
  }
]`

export const nodeLimits: Rule = {
  id: 'K36',
  severity: 'high',
  title: 'The pods of a node may take far more than it has',
  why: 'Before any of them reaches its own limit, the node runs out: the kubelet evicts, or the kernel kills by score, and it is not the one that grew. Raise requests towards the limits, so that the scheduler spreads them.',
  reference:
    'https://kubernetes.io/docs/concepts/scheduling-eviction/node-pressure-eviction/ (the share is a policy)',
  examples: { bad: onCluster(node(34359738368, '»')), good: onCluster(node(17179869184)) },
  // One sentence for all nodes: they are mostly alike.
  check: onClusters(function* ({ nodes }) {
    const over = nodes
      .filter((each) => shareOf(each) > MOST)
      .toSorted((a, b) => shareOf(b) - shareOf(a))
    const [worst] = over
    if (worst === undefined) return
    const allocatable = worst.allocatableBytes ?? 0
    const more = over.length === 1 ? '' : `; so it is on ${over.length - 1} more nodes`
    yield {
      place: worst.place,
      message: `limits of ${formatBytes(worst.limitBytes)} are ${percent(worst.limitBytes, allocatable)} of the ${formatBytes(allocatable)} that ${worst.name} gives to its ${worst.pods} pods${more}`,
    }
  }),
}

function shareOf({ limitBytes, allocatableBytes }: ClusterNode): number {
  return allocatableBytes === null || allocatableBytes === 0 ? 0 : limitBytes / allocatableBytes
}
