/** What a kubelet sets for a container on cgroup v2, and what that means for how it ended. */
import { formatBytes } from '../model/bytes.ts'
import type { Observation } from '../model/evidence.ts'
import type { Incident } from './incident.ts'

/** Of a container, as much swap as it may use, and why just so much. */
export interface SwapShare {
  bytes: number
  /** `LimitedSwap gives it 8.61 MiB (…)` */
  says: string
  because: readonly Observation[]
}

/** Kernels take limits in whole pages. */
const PAGE = 4096

/**
 * How much swap Kubernetes lets a container use: with `LimitedSwap` its request's share of the node's memory, of the node's
 * swap, where its pod is Burstable and its request is not its limit; else none. Null: not known, or the node has no swap.
 *
 * @see https://github.com/kubernetes/kubernetes/blob/v1.34.4/pkg/kubelet/kuberuntime/kuberuntime_container_linux.go
 */
export function swapShareOf(incident: Incident): SwapShare | null {
  const { kubelet, node, podContainer, pod } = incident
  const swap = node?.fact.swapCapacityBytes ?? incident.hostMemory?.fact.swapTotalBytes ?? null
  const memory = node?.fact.capacityMemoryBytes ?? null
  if (kubelet === null || podContainer === null || !hasCgroup2(incident)) return null
  if (swap === null || swap === 0) return null
  const because = [kubelet, ...(node === null ? [] : [node])]
  const none = (says: string): SwapShare => ({ bytes: 0, says, because })
  const { swapBehavior } = kubelet.fact
  if (swapBehavior !== 'LimitedSwap')
    return none(`the swap behavior of its kubelet is ${swapBehavior}`)
  const qosClass = pod?.fact.qosClass ?? null
  if (qosClass === null) return null
  if (qosClass !== 'Burstable') return none(`LimitedSwap gives none to a pod of class ${qosClass}`)
  const { memoryRequestBytes: request, memoryLimitBytes: limit } = podContainer
  if (request === null && limit === null)
    return none('LimitedSwap gives none to a container without a request')
  if (request === null || request === limit)
    return none('LimitedSwap gives none to a container whose request is its limit')
  if (memory === null) return null
  const bytes = Math.floor(((request / memory) * swap) / PAGE) * PAGE
  return {
    bytes,
    says: `LimitedSwap gives it ${formatBytes(bytes)}: its request of ${formatBytes(request)} by the node's memory of ${formatBytes(memory)}, of ${formatBytes(swap)} of swap`,
    because,
  }
}

/** On v1 LimitedSwap gives nothing, and where swap is not counted nobody holds a container back. */
function hasCgroup2({ groups, reports }: Incident): boolean {
  return groups.own?.fact.version === 2 || (reports[0]?.fact.swap ?? null) !== null
}

/** A victim that had taken all of its share. */
const FULL = 0.9

/** A sentence where its swap was full as well when the kernel killed; else nothing. */
export function fullSwapInWords(incident: Incident): string {
  const share = swapShareOf(incident)
  const kills = incident.reports[0]?.fact.kills ?? []
  const swapped = kills.reduce((sum, { swapBytes }) => sum + (swapBytes ?? 0), 0)
  if (share === null || share.bytes === 0 || swapped < FULL * share.bytes) return ''
  return ` Its swap was full, too: ${share.says}.`
}

/**
 * A sentence where the kernel killed a container of Kubernetes whole; one process alone looks the same either way.
 * The kubelet sets memory.oom.group since 1.28, and `singleProcessOOMKill` turns it off since 1.32.
 */
export function groupKillInWords({ reports, subject }: Incident): string {
  const [report] = reports
  if (subject.platform !== 'kubernetes' || report === undefined) return ''
  const { groupKill, kills } = report.fact
  if (groupKill === null || new Set(kills.map(({ pid }) => pid)).size < 2) return ''
  return ' It killed the container as a whole, whichever process had grown: the kubelet sets memory.oom.group on cgroup v2, since Kubernetes 1.28, unless singleProcessOOMKill is true.'
}

/** A sentence where a container's memory.high is what the feature MemoryQoS makes of its request and limit; else nothing. */
export function memoryQosInWords(incident: Incident): string {
  const factor = memoryQosFactor(incident)
  const { memoryRequestBytes: request, memoryLimitBytes: limit } = incident.podContainer ?? {}
  if (factor === null || limit === undefined || limit === null) return ''
  return ` The kubelet set that: MemoryQoS slows a container down above its request of ${formatBytes(request ?? 0)} and ${factor} of what lies between that and its limit of ${formatBytes(limit)}.`
}

/** The factor that explains memory.high of the container; null: none does. */
export function memoryQosFactor({ groups, kubelet, podContainer }: Incident): number | null {
  const high = groups.own?.fact.highBytes ?? null
  const factor = kubelet?.fact.throttlingFactor ?? null
  const limit = podContainer?.memoryLimitBytes ?? null
  if (high === null || factor === null || limit === null) return null
  const request = podContainer?.memoryRequestBytes ?? 0
  return Math.abs(request + factor * (limit - request) - high) <= PAGE ? factor : null
}
