import type { World } from '../../model/evidence.ts'
import type { PodState } from '../../model/cluster.ts'
import type { ContainerState } from '../../model/facts.ts'

/** What evidence tells about the containers of one machine. */
export interface Promised {
  limits: readonly (number | null)[]
  requests: readonly (number | null)[]
  /** Containers that have ended, and hold nothing. */
  ended: number
  /** What the machine has, or what its node can allocate; null where the evidence does not tell. */
  hostBytes: number | null
}

/** An engine's containers and Kubernetes' pods, each once. */
export function promisedIn(world: World): Promised {
  const containers = new Map<string, ContainerState>()
  const pods = new Map<string, PodState>()
  const hosts: (number | null)[] = []
  for (const { fact } of world.observations) {
    if (fact.kind === 'container-state') containers.set(fact.id, fact)
    if (fact.kind === 'pod-state') pods.set(`${fact.namespace}/${fact.name}`, fact)
    if (fact.kind === 'host-memory') hosts.push(fact.totalBytes)
    if (fact.kind === 'node-state') {
      hosts.push(fact.allocatableMemoryBytes ?? fact.capacityMemoryBytes)
    }
  }
  const runningContainers = [...containers.values()].filter((one) => !hasEnded(one))
  const runningPods = [...pods.values()].filter(({ phase }) => !ENDED_PHASES.includes(phase ?? ''))
  return {
    limits: [
      ...runningContainers.map(({ memoryLimitBytes }) => memoryLimitBytes),
      ...runningPods.map(limitOfPod),
    ],
    requests: [
      ...runningContainers.map(({ memoryReservationBytes }) => memoryReservationBytes),
      ...runningPods.flatMap((pod) => together(pod).map((one) => one.memoryRequestBytes)),
    ],
    ended: containers.size - runningContainers.length + (pods.size - runningPods.length),
    hostBytes: hosts.find((bytes) => bytes !== null) ?? null,
  }
}

const ENDED_PHASES = ['Succeeded', 'Failed']

function hasEnded({ status, running }: ContainerState): boolean {
  return running === false && (status === null || ['exited', 'dead', 'stopped'].includes(status))
}

function limitOfPod(pod: PodState): number | null {
  if (pod.podMemoryLimitBytes !== null) return pod.podMemoryLimitBytes
  const limits = together(pod).map((one) => one.memoryLimitBytes)
  return limits.reduce<number | null>(
    (total, limit) => (total === null || limit === null ? null : total + limit),
    0,
  )
}

/** What runs at the same time: init containers come and go before. */
function together({ containers }: PodState): PodState['containers'] {
  return containers.filter(({ role }) => role === 'main' || role === 'sidecar')
}
