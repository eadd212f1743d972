import { readApiObjects } from '../../parsers/kubernetes/documents.ts'
import { qosClassOfSpec } from '../../parsers/kubernetes/qos.ts'
import type { QosClass } from '../../parsers/kubernetes/qos.ts'
import { parseMemory } from '../../parsers/kubernetes/quantity.ts'
import { field, listField, numberField, textField } from '../../parsers/json-fields.ts'
import type { EvictionPod } from './pod.ts'

/** A pod before it is known how much memory it uses. */
export interface PodOnNode {
  pod: EvictionPod
  node: string | null
}

export interface ClusterObjects {
  pods: readonly PodOnNode[]
  /** Memory of each node by its name. */
  capacities: ReadonlyMap<string, number>
}

const MAX_CONTAINERS = 200
/** They hold no memory any more. */
const ENDED = ['Succeeded', 'Failed']

/** The pods and nodes of a Kubernetes text, YAML or JSON; what is of another kind is passed over. */
export function readCluster(text: string): ClusterObjects {
  const objects = readApiObjects(text)
  const capacities = objects
    .filter(({ kind }) => kind === 'Node')
    .flatMap(({ value }) => {
      const name = textField(value, 'metadata', 'name')
      const bytes = parseMemory(field(value, 'status', 'capacity', 'memory'))
      return name === null || bytes === null ? [] : [[name, bytes] as const]
    })
  return {
    pods: objects.flatMap(({ kind, value }) => (kind === 'Pod' ? (podOnNode(value) ?? []) : [])),
    capacities: new Map(capacities),
  }
}

/** What a Pod object says; null where it holds no memory any more, or is none. */
export function podOnNode(pod: unknown): PodOnNode | null {
  const name = textField(pod, 'metadata', 'name')
  if (name === null) return null
  if (ENDED.includes(textField(pod, 'status', 'phase') ?? '')) return null
  const namespace = textField(pod, 'metadata', 'namespace') ?? 'default'
  const requests = resourcesOf(pod, 'requests')
  return {
    node: textField(pod, 'spec', 'nodeName'),
    pod: {
      name: `${namespace}/${name}`,
      requestBytes: requests.totalBytes,
      usageBytes: null,
      limitBytes: resourcesOf(pod, 'limits').boundBytes,
      priority: numberField(pod, 'spec', 'priority') ?? 0,
      isStatic: textField(pod, 'metadata', 'annotations', 'kubernetes.io/config.mirror') !== null,
      priorityClassName: textField(pod, 'spec', 'priorityClassName'),
      qosClass:
        qosClass(textField(pod, 'status', 'qosClass')) ?? qosClassOfSpec(field(pod, 'spec')),
      containerRequests: requests.containers,
    },
  }
}

interface Resources {
  /** Missing ones count as none. */
  totalBytes: number
  /** Null where one is missing. */
  boundBytes: number | null
  containers: readonly number[]
}

/** Containers run together; init containers one after the other before them, but for sidecars, which stay. */
function resourcesOf(pod: unknown, key: 'requests' | 'limits'): Resources {
  const memoryOf = (owner: unknown) => parseMemory(field(owner, 'resources', key, 'memory'))
  const init = listField(pod, MAX_CONTAINERS, 'spec', 'initContainers')
  const sidecars = init.filter((one) => textField(one, 'restartPolicy') === 'Always')
  const together = [...listField(pod, MAX_CONTAINERS, 'spec', 'containers'), ...sidecars].map(
    memoryOf,
  )
  const alone = init.filter((one) => !sidecars.includes(one)).map((one) => memoryOf(one) ?? 0)
  const sum = together.reduce<number>((total, bytes) => total + (bytes ?? 0), 0)
  const overhead = parseMemory(field(pod, 'spec', 'overhead', 'memory')) ?? 0
  const ofPod = memoryOf(field(pod, 'spec'))
  const total = ofPod ?? Math.max(sum, ...alone)
  return {
    totalBytes: total + overhead,
    boundBytes: ofPod === null && together.includes(null) ? null : total + overhead,
    containers: together.map((bytes) => bytes ?? 0),
  }
}

function qosClass(text: string | null): QosClass | null {
  return text === 'Guaranteed' || text === 'Burstable' || text === 'BestEffort' ? text : null
}
