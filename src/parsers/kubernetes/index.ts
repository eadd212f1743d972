import type { StreamFormat, TextFormat } from '../format.ts'

import { cadvisorPage } from './cadvisor.ts'
import { crictlInspect } from './crictl-inspect.ts'
import { describedNodes } from './describe-node.ts'
import { describedPods } from './describe-pod.ts'
import { eventsTable } from './events-table.ts'
import { kubeletLog } from './kubelet-log.ts'
import { evictionMessage } from './eviction-message.ts'
import { kubeletConfigz } from './kubelet-settings.ts'
import { kubernetesObjects } from './objects.ts'
import { statsSummary } from './node-summary.ts'
import { podsTable } from './pods-table.ts'

/** What Kubernetes and its tools write. */
export const kubernetesFormats: readonly (TextFormat | StreamFormat)[] = [
  kubeletConfigz,
  statsSummary,
  cadvisorPage,
  kubernetesObjects,
  crictlInspect,
  describedPods,
  describedNodes,
  eventsTable,
  podsTable,
  evictionMessage,
  kubeletLog,
]
