import type {
  Cluster,
  ClusterNode,
  ContainerLife,
  PendingResize,
  WorkloadLife,
} from '../cluster.ts'
import type { DocumentFormat } from './format.ts'
import { said, saidBoolean, saidNumber, saidText } from './said.ts'
import { itemsAt, keyAt, textAt } from './value.ts'
import type { Mapping, Value } from './value.ts'

/** What a cluster's document says that it is. */
export const CLUSTER_SCHEMA = 'stella.cluster/1'

/** What `stella audit --cluster` sees of a cluster beside its objects. A field that is not known is left out. */
export interface ClusterDocument {
  schema: typeof CLUSTER_SCHEMA
  at: string
  nodes: readonly {
    name: string
    allocatableBytes?: number
    requestBytes: number
    limitBytes: number
    usageBytes?: number
    pods: number
    bestEffort: number
    memoryPressure?: boolean
  }[]
  workloads: readonly {
    kind: string
    namespace: string
    name: string
    pods: number
    evicted?: number
    containers: readonly {
      name: string
      killed?: number
      lastKillAt?: string
      restarts?: number
      usageBytes?: number
    }[]
  }[]
  resizes: readonly {
    pod: string
    container: string
    limitBytes: number
    wantedBytes: number
    usageBytes?: number
  }[]
}

/** More nodes than a cluster is built for (5,000), and as many workloads. */
const MAX_ITEMS = 10_000
const MAX_CONTAINERS = 200

/** A cluster, as `stella audit --cluster --evidence` writes it. */
export const CLUSTER: DocumentFormat = {
  name: 'evidence of stella audit --cluster',
  isDump: true,
  look: (text) => (text.includes(`"${CLUSTER_SCHEMA}"`) ? 'certain' : 'none'),
  read: (value) =>
    value.kind === 'mapping' && textAt(value, 'schema') === CLUSTER_SCHEMA
      ? { clusters: [clusterOf(value)] }
      : null,
}

function clusterOf(root: Mapping): Cluster {
  return {
    place: keyAt(root, 'schema') ?? root.place,
    nodes: itemsAt(root, 'nodes').slice(0, MAX_ITEMS).flatMap(nodeOf),
    lives: itemsAt(root, 'workloads').slice(0, MAX_ITEMS).flatMap(lifeIn),
    resizes: itemsAt(root, 'resizes').slice(0, MAX_ITEMS).flatMap(resizeOf),
  }
}

function nodeOf(value: Value): ClusterNode[] {
  const name = saidText(value, 'name')
  if (name === null) return []
  return [
    {
      name: name.value,
      place: name.place,
      allocatableBytes: number(value, 'allocatableBytes'),
      requestBytes: number(value, 'requestBytes') ?? 0,
      limitBytes: number(value, 'limitBytes') ?? 0,
      usageBytes: number(value, 'usageBytes'),
      pods: number(value, 'pods') ?? 0,
      bestEffort: number(value, 'bestEffort') ?? 0,
      hasPressure: saidBoolean(value, 'memoryPressure'),
    },
  ]
}

function lifeIn(value: Value): WorkloadLife[] {
  const name = saidText(value, 'name')
  const kind = textAt(value, 'kind')
  const namespace = textAt(value, 'namespace')
  if (name === null || kind === null || namespace === null) return []
  return [
    {
      kind,
      namespace,
      name: name.value,
      place: name.place,
      pods: number(value, 'pods') ?? 0,
      evicted: number(value, 'evicted') ?? 0,
      containers: itemsAt(value, 'containers').slice(0, MAX_CONTAINERS).flatMap(containerOf),
    },
  ]
}

function containerOf(value: Value): ContainerLife[] {
  const name = saidText(value, 'name')
  if (name === null) return []
  return [
    {
      name: name.value,
      place: name.place,
      killed: number(value, 'killed') ?? 0,
      lastKillAt: textAt(value, 'lastKillAt'),
      restarts: number(value, 'restarts') ?? 0,
      usageBytes: number(value, 'usageBytes'),
    },
  ]
}

function resizeOf(value: Value): PendingResize[] {
  const wanted = saidNumber(value, 'wantedBytes')
  const limitBytes = number(value, 'limitBytes')
  const pod = textAt(value, 'pod')
  const container = textAt(value, 'container')
  if (wanted === null || limitBytes === null || pod === null || container === null) return []
  return [{ pod, container, limitBytes, wanted, usageBytes: number(value, 'usageBytes') }]
}

function number(value: Value, key: string): number | null {
  const found = said(value, key)
  return typeof found?.value === 'number' ? found.value : null
}
