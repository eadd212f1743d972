import { containerStatuses } from '../../../parsers/kubernetes/pod-parts.ts'
import type { ClusterDocument } from '../../../audit/documents/cluster.ts'
import { field, isRecord, listField, numberField, textField } from '../../../parsers/json-fields.ts'
import { parseMemory } from '../../../parsers/kubernetes/quantity.ts'
import { podOnNode } from '../../../simulate/eviction/from-kubernetes.ts'
import type { PodUsage } from '../../../model/kubelet.ts'
import { ownerOf, type WorkloadName } from './owner.ts'

const MAX_CONTAINERS = 200
/** Resizes that are told. */
const MAX_RESIZES = 1_000

/** What the pods of a node ask for and use together. */
export interface NodeSum {
  requestBytes: number
  limitBytes: number
  usageBytes: number | null
  pods: number
  bestEffort: number
}

interface Life extends WorkloadName {
  pods: number
  evicted: number
  containers: Map<string, ContainerSum>
}

interface ContainerSum {
  killed: number
  lastKillAt: string | null
  restarts: number
  usageBytes: number | null
}

/** The pods of a cluster, looked at one by one and added up: no pod is kept. */
export class PodTally {
  readonly nodes = new Map<string, NodeSum>()
  pods = 0
  readonly #lives = new Map<string, Life>()
  readonly #resizes = new Map<string, ClusterDocument['resizes'][number]>()
  /** Where the usage of a pod belongs, by its namespace and name. */
  readonly #places = new Map<string, { life: Life; node: string | null }>()
  readonly #cronJobOf: (namespace: string, job: string) => string | null

  constructor(cronJobOf: (namespace: string, job: string) => string | null) {
    this.#cronJobOf = cronJobOf
  }

  /** Adds a pod, and gives the workload that it belongs to. */
  take(pod: Record<string, unknown>): WorkloadName {
    const owner = ownerOf(pod, this.#cronJobOf)
    const life = this.#lifeOf(owner)
    const living = podOnNode(pod)
    this.pods++
    life.pods++
    if (wasEvicted(pod)) life.evicted++
    for (const status of containerStatuses(pod)) take(status, life.containers)
    if (living === null) return owner
    this.#places.set(living.pod.name, { life, node: living.node })
    this.#takeResizes(pod, living.pod.name)
    if (living.node === null) return owner
    const node = this.#nodeOf(living.node)
    node.pods++
    node.requestBytes += living.pod.requestBytes
    node.limitBytes += living.pod.limitBytes ?? 0
    if (living.pod.qosClass === 'BestEffort') node.bestEffort++
    return owner
  }

  /** Adds what a pod uses. */
  use({ namespace, name, containers }: PodUsage): void {
    const place = this.#places.get(`${namespace}/${name}`)
    if (place === undefined) return
    const node = place.node === null ? null : this.#nodeOf(place.node)
    for (const { name: container, bytes } of containers) {
      const sum = containerIn(place.life.containers, container)
      sum.usageBytes = Math.max(sum.usageBytes ?? 0, bytes)
      if (node !== null) node.usageBytes = (node.usageBytes ?? 0) + bytes
      const resize = this.#resizes.get(`${namespace}/${name}/${container}`)
      if (resize !== undefined) {
        this.#resizes.set(`${namespace}/${name}/${container}`, { ...resize, usageBytes: bytes })
      }
    }
  }

  workloads(): ClusterDocument['workloads'] {
    return [...this.#lives.values()].map(
      ({ kind, namespace, name, pods, evicted, containers }) => ({
        kind,
        namespace,
        name,
        pods,
        ...(evicted === 0 ? {} : { evicted }),
        containers: [...containers].map(([container, sum]) => ({
          name: container,
          ...(sum.killed === 0 ? {} : { killed: sum.killed }),
          ...(sum.lastKillAt === null ? {} : { lastKillAt: sum.lastKillAt }),
          ...(sum.restarts === 0 ? {} : { restarts: sum.restarts }),
          ...(sum.usageBytes === null ? {} : { usageBytes: sum.usageBytes }),
        })),
      }),
    )
  }

  resizes(): ClusterDocument['resizes'] {
    return [...this.#resizes.values()]
  }

  #lifeOf(owner: WorkloadName): Life {
    const key = keyOf(owner)
    const known = this.#lives.get(key)
    if (known !== undefined) return known
    const life = { ...owner, pods: 0, evicted: 0, containers: new Map<string, ContainerSum>() }
    this.#lives.set(key, life)
    return life
  }

  #nodeOf(name: string): NodeSum {
    const known = this.nodes.get(name)
    if (known !== undefined) return known
    const node = { requestBytes: 0, limitBytes: 0, usageBytes: null, pods: 0, bestEffort: 0 }
    this.nodes.set(name, node)
    return node
  }

  /** A limit in the specification below the one in the status is on its way (in-place resize, Kubernetes 1.27). */
  #takeResizes(pod: unknown, name: string): void {
    const statuses = new Map(
      containerStatuses(pod).map((status) => [textField(status, 'name'), status]),
    )
    for (const container of listField(pod, MAX_CONTAINERS, 'spec', 'containers')) {
      const own = textField(container, 'name')
      const wanted = parseMemory(field(container, 'resources', 'limits', 'memory'))
      const held = parseMemory(field(statuses.get(own), 'resources', 'limits', 'memory'))
      if (own === null || wanted === null || held === null || wanted >= held) continue
      if (this.#resizes.size >= MAX_RESIZES) return
      const resize = { pod: name, container: own, limitBytes: held, wantedBytes: wanted }
      this.#resizes.set(`${name}/${own}`, resize)
    }
  }
}

export function keyOf({ kind, namespace, name }: WorkloadName): string {
  return `${namespace}:${kind}:${name}`
}

function take(status: unknown, into: Map<string, ContainerSum>): void {
  const name = textField(status, 'name')
  const kill = lastKill(status)
  const restarts = numberField(status, 'restartCount') ?? 0
  if (name === null || (kill === null && restarts === 0)) return
  const sum = containerIn(into, name)
  sum.restarts += restarts
  if (kill === null) return
  sum.killed++
  if (kill.at !== null && kill.at > (sum.lastKillAt ?? '')) sum.lastKillAt = kill.at
}

function containerIn(containers: Map<string, ContainerSum>, name: string): ContainerSum {
  const known = containers.get(name)
  if (known !== undefined) return known
  const sum = { killed: 0, lastKillAt: null, restarts: 0, usageBytes: null }
  containers.set(name, sum)
  return sum
}

/** The last end of a container, where the runtime says that it was for memory; null: it was not. */
export function lastKill(status: unknown): { at: string | null } | null {
  for (const key of ['state', 'lastState']) {
    const end = field(status, key, 'terminated')
    if (isRecord(end) && textField(end, 'reason') === 'OOMKilled') {
      return { at: textField(end, 'finishedAt') }
    }
  }
  return null
}

/** @example "The node was low on resource: memory. Threshold quantity: 100Mi, available: 90Mi." */
function wasEvicted(pod: unknown): boolean {
  return (
    textField(pod, 'status', 'reason') === 'Evicted' &&
    /\bresource: memory\b/.test(textField(pod, 'status', 'message') ?? '')
  )
}
