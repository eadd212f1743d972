import type { EvictionPod } from './pod.ts'
import { rankPods } from './rank.ts'

/** What would take a pod out of its place, and where it would stand then, 1 being the first to go. */
export type PodChange =
  | { pod: string; change: 'request'; toBytes: number; place: number }
  | { pod: string; change: 'priority'; to: number; place: number }

/**
 * What would spare the pod that goes first: the smallest request that lets the next one go before it, and a priority above
 * that of the next. Only what does move it is told.
 */
export function changesThatSpare(pods: readonly EvictionPod[]): PodChange[] {
  const [first, next] = rankPods(pods).filter(({ evictable }) => evictable)
  if (first === undefined || next === undefined || first.pod.usageBytes === null) return []
  const { pod } = first
  const requests = requestsToTry(first.pod.usageBytes, next.overshootBytes)
    .filter((toBytes) => toBytes > pod.requestBytes)
    .map((toBytes): PodChange => {
      const place = placeOf(pod, { ...pod, requestBytes: toBytes }, pods)
      return { pod: pod.name, change: 'request', toBytes, place }
    })
  const to = next.pod.priority + 1
  const priority: PodChange = {
    pod: pod.name,
    change: 'priority',
    to,
    place: placeOf(pod, { ...pod, priority: to }, pods),
  }
  const helps = ({ place }: PodChange) => place > 1
  return [requests.find(helps), priority].filter((change) => change !== undefined).filter(helps)
}

/** What covers the working set, and what leaves a smaller excess than that of the next; the smaller one first. */
function requestsToTry(usageBytes: number, overshootOfNext: number | null): number[] {
  const lessThanNext = overshootOfNext === null ? [] : [usageBytes - overshootOfNext + 1]
  return [usageBytes, ...lessThanNext].toSorted((a, b) => a - b)
}

function placeOf(pod: EvictionPod, changed: EvictionPod, pods: readonly EvictionPod[]): number {
  const ranked = rankPods(pods.map((one) => (one === pod ? changed : one)))
  return ranked.filter(({ evictable }) => evictable).findIndex((one) => one.pod === changed) + 1
}
