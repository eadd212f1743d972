import { formatBytes } from '../../../model/bytes.ts'
import type { KubernetesObject } from '../../documents/object.ts'
import { kubernetesSize } from '../../documents/pod.ts'
import { at, textAt } from '../../documents/value.ts'
import type { Rule } from '../../rule.ts'
import type { Container, Size, Workload } from '../../workload.ts'
import { kubernetes, resources } from '../examples.ts'
import { percent } from '../words.ts'

const MOST_REQUESTED = 0.9
const MOST_LIMITS = 1
const HIGH_LIMITS = 1.5
/** What runs all the time. Jobs come and go. */
const LASTING = new Set(['Deployment', 'StatefulSet', 'DaemonSet', 'ReplicaSet', 'Pod', 'Rollout'])

const cluster = (replicas: number, mark = ''): string => `
apiVersion: v1
kind: Node
metadata:
  name: worker-1
status:
  capacity:
    memory: 16Gi
  allocatable:
    memory: ${mark}14Gi
---
apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
spec:
  replicas: ${replicas}
  template:
    spec:
      containers:
        - name: web
          image: registry.example.com/web:1
          ${resources('2Gi').replaceAll('\n', '\n          ')}`

export const nodesOvercommitted: Rule = {
  id: 'K10',
  severity: 'warning',
  title: 'The nodes have less memory than all pods together may take',
  why: 'Limits above what the nodes have let them run out before any container reaches its own limit: the kubelet evicts, or the kernel kills by score. Requests above 90 % leave no room for a pod that has to move.',
  reference:
    'https://kubernetes.io/docs/concepts/scheduling-eviction/node-pressure-eviction/ (the shares are a policy)',
  examples: { bad: kubernetes(cluster(8, '»')), good: kubernetes(cluster(6)) },
  *check({ objects, workloads }) {
    const nodes = objects.flatMap(allocatableOf)
    const [first] = nodes
    if (first === undefined) return
    const memory = nodes.reduce((sum, { bytes }) => sum + (bytes ?? 0), 0)
    const lasting = workloads.filter(({ kind }) => LASTING.has(kind))
    const sum = (of: (container: Container) => Size | null): number =>
      lasting.reduce((bytes, workload) => bytes + memoryOf(workload, nodes.length, of), 0)
    const limits = sum(({ effectiveLimit }) => effectiveLimit)
    const requests = sum(({ request }) => request)
    const isUnbounded = lasting.some(({ containers }) =>
      containers.some(({ role, effectiveLimit }) => role !== 'init' && effectiveLimit === null),
    )
    const more = isUnbounded ? ', and some have no limit' : ''
    if (limits > MOST_LIMITS * memory) {
      yield {
        place: first.place,
        severity: limits > HIGH_LIMITS * memory ? 'high' : 'warning',
        message: `limits of ${formatBytes(limits)} are ${percent(limits, memory)} of the ${formatBytes(memory)} that the nodes give${more}`,
      }
    } else if (requests > MOST_REQUESTED * memory) {
      yield {
        place: first.place,
        message: `requests of ${formatBytes(requests)} are ${percent(requests, memory)} of the ${formatBytes(memory)} that the nodes give`,
      }
    }
  },
}

function allocatableOf({ kind, root }: KubernetesObject): Size[] {
  const size = kind === 'Node' ? kubernetesSize(at(root, 'status', 'allocatable', 'memory')) : null
  return typeof size?.bytes === 'number' ? [size] : []
}

/** Of all pods of a workload; a DaemonSet has one on each node. */
function memoryOf(
  { kind, root, containers }: Workload,
  nodes: number,
  of: (container: Container) => Size | null,
): number {
  const replicas = Number(textAt(root, 'spec', 'replicas') ?? '1')
  const pods = kind === 'DaemonSet' ? nodes : Number.isInteger(replicas) ? replicas : 1
  const running = containers.filter(({ role }) => role !== 'init')
  return pods * running.reduce((sum, container) => sum + (of(container)?.bytes ?? 0), 0)
}
