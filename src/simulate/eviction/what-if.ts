import type { EvictionPod } from './pod.ts'

/** What shall be tried out for a pod; what is left out stays. */
export interface PodWish {
  /** `NAMESPACE/NAME`, or the name alone; `*` at its end stands for any rest, as for the pods of one Deployment. */
  who: string
  priority?: number
  requestBytes?: number
}

/** A pod before and after. */
export interface ChangedPod {
  name: string
  before: EvictionPod
  after: EvictionPod
}

/** The pods with the wishes granted, the later ones last; `unmatched` are those that name no pod. */
export function withWishes(
  pods: readonly EvictionPod[],
  wishes: readonly PodWish[],
): { pods: readonly EvictionPod[]; changed: readonly ChangedPod[]; unmatched: readonly string[] } {
  const after = pods.map((pod) =>
    wishes.filter(({ who }) => isMeant(pod.name, who)).reduce(granted, pod),
  )
  return {
    pods: after,
    changed: after.flatMap((pod, at) => {
      const before = pods[at]
      return before === undefined || before === pod ? [] : [{ name: pod.name, before, after: pod }]
    }),
    unmatched: wishes
      .filter(({ who }) => !pods.some(({ name }) => isMeant(name, who)))
      .map(({ who }) => who),
  }
}

function isMeant(name: string, who: string): boolean {
  const own = who.includes('/') ? name : name.slice(name.lastIndexOf('/') + 1)
  return who.endsWith('*') ? own.startsWith(who.slice(0, -1)) : own === who
}

function granted(pod: EvictionPod, { priority, requestBytes }: PodWish): EvictionPod {
  const prior = priority === undefined ? pod : { ...pod, priority, priorityClassName: null }
  return requestBytes === undefined ? prior : withRequest(prior, requestBytes)
}

/** Its containers share the new request as they did the old one. */
function withRequest(pod: EvictionPod, requestBytes: number): EvictionPod {
  const sum = pod.containerRequests.reduce((total, bytes) => total + bytes, 0)
  const shareOf = (bytes: number): number =>
    sum === 0 ? 1 / pod.containerRequests.length : bytes / sum
  return {
    ...pod,
    requestBytes,
    containerRequests: pod.containerRequests.map((bytes) =>
      Math.round(requestBytes * shareOf(bytes)),
    ),
    qosClass: classWith(pod, requestBytes),
  }
}

/** A request alone makes no pod Guaranteed: that takes the CPU and every container. */
function classWith({ qosClass, limitBytes }: EvictionPod, requestBytes: number) {
  if (qosClass === 'Guaranteed' && requestBytes !== limitBytes) return 'Burstable'
  if (qosClass === 'BestEffort' && requestBytes > 0) return 'Burstable'
  return qosClass
}
