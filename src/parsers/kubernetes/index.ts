import type { TextFormat } from '../format.ts'

import { describedNodes } from './describe-node.ts'
import { describedPods } from './describe-pod.ts'
import { eventsTable } from './events-table.ts'
import { kubeletLog } from './kubelet-log.ts'
import { kubernetesObjects } from './objects.ts'

/** What Kubernetes and its tools write. */
export const kubernetesFormats: readonly TextFormat[] = [
  kubernetesObjects,
  describedPods,
  describedNodes,
  eventsTable,
  kubeletLog,
]
