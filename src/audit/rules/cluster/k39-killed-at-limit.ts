import { lifeOf } from '../../cluster.ts'
import type { Rule } from '../../rule.ts'
import { sized } from '../words.ts'
import { onCluster, WEB } from './examples.ts'

const life = (killed: number): string => `
"workloads": [
  {
    "kind": "Deployment",
    "namespace": "shop",
    "name": "web",
    "pods": 5,
    "containers": [
      { "name": "web", "killed": ${killed}, "lastKillAt": "2026-11-22T10:00:00Z", "restarts": 9 }
    ]
  }
]`

export const killedAtLimit: Rule = {
  id: 'K39',
  severity: 'high',
  title: 'Its pods were killed for memory, and its limit is still the same',
  why: 'What was killed once at a limit starts again with the same limit and meets the same end. Find out why it grows (stella why k8s:NAMESPACE/POD), and give it what it needs (stella size).',
  reference: 'the last state of its containers, as the kubelet writes it into the status',
  examples: {
    bad: onCluster(life(2), WEB('»512Mi')),
    good: onCluster(life(0), WEB('512Mi')),
  },
  *check({ workloads, clusters }) {
    if (clusters.length === 0) return
    for (const workload of workloads) {
      if (workload.platform !== 'kubernetes') continue
      const seen = lifeOf(clusters, workload)
      for (const container of workload.containers) {
        const own = seen?.containers.find(({ name }) => name === container.name)
        if (own === undefined || own.killed === 0) continue
        const { effectiveLimit: limit } = container
        yield {
          place: limit?.place ?? container.place,
          message: `${container.name} was killed for memory in ${own.killed} of ${seen?.pods ?? 0} pods ${limit === null ? 'without a limit of its own' : `with a limit of ${sized(limit)}`}`,
        }
      }
    }
  },
}
