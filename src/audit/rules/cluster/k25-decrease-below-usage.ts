import { formatBytes } from '../../../model/bytes.ts'
import { onClusters, type Rule } from '../../rule.ts'
import { onCluster } from './examples.ts'

/** Room above what is used: between the kubelet's look and its write the container goes on. */
const ROOM = 1.1

const resize = (wanted: string): string => `
"resizes": [
  {
    "pod": "shop/web-0",
    "container": "web",
    "limitBytes": 1073741824,
    "wantedBytes": ${wanted},
    "usageBytes": 629145600
  }
]`

export const decreaseBelowUsage: Rule = {
  id: 'K25',
  severity: 'critical',
  title: 'A limit is being lowered below what the container uses',
  why: 'The kubelet looks at the usage, and writes the limit a moment later: what grows in between is reclaimed, and killed where that is not enough. Take the change back, or let the pod start anew with the lower limit.',
  reference: 'kubernetes/enhancements, KEP-1287: memory limit decreases',
  examples: { bad: onCluster(resize('»536870912')), good: onCluster(resize('805306368')) },
  check: onClusters(function* ({ resizes }) {
    for (const { pod, container, limitBytes, wanted, usageBytes } of resizes) {
      if (usageBytes === null || wanted.value >= usageBytes * ROOM) continue
      yield {
        place: wanted.place,
        message: `${container} of ${pod} uses ${formatBytes(usageBytes)}, and its limit goes down from ${formatBytes(limitBytes)} to ${formatBytes(wanted.value)}`,
      }
    }
  }),
}
