import { formatBytes } from '../../../model/bytes.ts'
import type { ClusterNode } from '../../cluster.ts'
import { onClusters, type Rule } from '../../rule.ts'
import { percent } from '../words.ts'
import { onCluster } from './examples.ts'

/** A node that is less full than this has time. */
const FULL = 0.8

const node = (usage: number, mark = ''): string => `
"nodes": [
  {
    "name": ${mark}"worker-1",
    "allocatableBytes": 17179869184,
    "requestBytes": 4294967296,
    "limitBytes": 17179869184,
    "usageBytes": ${usage},
    "pods": 20,
    "bestEffort": 0
  }
]`

export const moreThanRequested: Rule = {
  id: 'K37',
  severity: 'high',
  title: 'A full node looks empty to the scheduler',
  why: 'The scheduler counts requests, and not what is used. Where pods use more than they ask for it sends more pods to a node that is full already, and the next thing is an eviction. Raise the requests to what is used.',
  reference:
    'https://kubernetes.io/docs/concepts/configuration/manage-resources-containers/#how-pods-with-resource-requests-are-scheduled (the share is a policy)',
  examples: { bad: onCluster(node(15032385536, '»')), good: onCluster(node(8589934592)) },
  check: onClusters(function* ({ nodes }) {
    const blind = nodes.filter(isBlind).toSorted((a, b) => freeOf(b) - freeOf(a))
    const [worst] = blind
    if (worst === undefined) return
    const { name, requestBytes, allocatableBytes, usageBytes } = worst
    const more = blind.length === 1 ? '' : `; so it is on ${blind.length - 1} more nodes`
    yield {
      place: worst.place,
      message: `the pods of ${name} use ${formatBytes(usageBytes ?? 0)}, ${percent(usageBytes ?? 0, allocatableBytes ?? 1)} of what it gives, and request ${formatBytes(requestBytes)}${more}`,
    }
  }),
}

function isBlind({ usageBytes, allocatableBytes, requestBytes }: ClusterNode): boolean {
  if (usageBytes === null || allocatableBytes === null) return false
  return usageBytes > FULL * allocatableBytes && requestBytes < FULL * usageBytes
}

/** What the scheduler takes for free. */
function freeOf({ allocatableBytes, requestBytes }: ClusterNode): number {
  return (allocatableBytes ?? 0) - requestBytes
}
