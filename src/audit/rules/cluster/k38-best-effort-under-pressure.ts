import { onClusters, type Rule } from '../../rule.ts'
import { onCluster } from './examples.ts'

const node = (bestEffort: number, mark = ''): string => `
"nodes": [
  {
    "name": "worker-1",
    "allocatableBytes": 17179869184,
    "requestBytes": 8589934592,
    "limitBytes": 8589934592,
    "pods": 20,
    "bestEffort": ${bestEffort},
    "memoryPressure": ${mark}true
  }
]`

export const bestEffortUnderPressure: Rule = {
  id: 'K38',
  severity: 'high',
  title: 'Pods without requests stand on a node that is short of memory',
  why: 'A pod that requests nothing uses more than it requests, so it is among the first to be evicted, and its processes have the highest score where the kernel is quicker. New ones are not let in until the pressure is over. Give them requests.',
  reference: 'https://kubernetes.io/docs/concepts/scheduling-eviction/node-pressure-eviction/',
  examples: { bad: onCluster(node(3, '»')), good: onCluster(node(0)) },
  check: onClusters(function* ({ nodes }) {
    for (const { name, bestEffort, hasPressure, pods } of nodes) {
      if (hasPressure?.value !== true || bestEffort === 0) continue
      yield {
        place: hasPressure.place,
        message: `${name} is under memory pressure, and ${bestEffort} of its ${pods} pods request nothing`,
      }
    }
  }),
}
