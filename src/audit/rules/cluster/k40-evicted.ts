import { onClusters, type Rule } from '../../rule.ts'
import { onCluster } from './examples.ts'

const life = (evicted: number, mark = ''): string => `
"workloads": [
  {
    "kind": "Deployment",
    "namespace": "shop",
    "name": ${mark}"batch",
    "pods": 5,
    "evicted": ${evicted},
    "containers": [{ "name": "batch", "usageBytes": 268435456 }]
  }
]`

export const evicted: Rule = {
  id: 'K40',
  severity: 'high',
  title: 'Pods were evicted because their node ran out of memory',
  why: 'The kubelet takes first who uses more than was requested, then who has the lowest priority. Whoever took the memory may be another: look at the node with stella simulate eviction --node, and raise the request of what must stay.',
  reference: 'https://kubernetes.io/docs/concepts/scheduling-eviction/node-pressure-eviction/',
  examples: { bad: onCluster(life(2, '»')), good: onCluster(life(0)) },
  check: onClusters(function* ({ lives }) {
    for (const { kind, namespace, name, place, evicted: count } of lives) {
      if (count === 0) continue
      yield {
        place,
        message: `${count === 1 ? 'a pod' : `${count} pods`} of ${kind} ${namespace}/${name} ${count === 1 ? 'was' : 'were'} evicted for memory`,
      }
    }
  }),
}
