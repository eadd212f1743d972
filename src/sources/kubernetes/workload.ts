import type { Workload, WorkloadRevision } from '../../model/cluster.ts'
import type { Observation } from '../../model/evidence.ts'
import {
  field,
  instantField,
  isRecord,
  listField,
  numberField,
  textField,
} from '../../parsers/json-fields.ts'
import { controllerOf } from '../../parsers/kubernetes/controller.ts'
import type { Controller } from '../../parsers/kubernetes/controller.ts'
import { observeWorkload } from '../../parsers/kubernetes/workload.ts'
import { parseMemory } from '../../parsers/kubernetes/quantity.ts'
import type { KubernetesApi } from './api.ts'
import { attempt, gapOf, itemsOf, nameIn } from './objects.ts'
import type { ApiObject } from './objects.ts'

const MAX_CONTAINERS = 200
/** Deployments keep ten old ones unless they are told otherwise. */
const MAX_REVISIONS = 50
const MAX_PODS = 500

interface Asked {
  api: KubernetesApi
  namespace: string
  signal: AbortSignal
}

type Owner = Pick<Controller, 'kind' | 'name' | 'uid'>

/** What a pod belongs to: up to two steps up, as pod, ReplicaSet, Deployment or pod, Job, CronJob. */
export async function readWorkload(
  asked: Asked,
  pod: ApiObject,
): Promise<{ observations: Observation[]; unknown: string[] }> {
  const first = controllerOf(pod)
  if (first === null) return { observations: [], unknown: [] }
  const group = GROUPS[first.kind]
  if (group === undefined) return told(asked, pod, first, [])
  const read = await attempt(getOwned(asked, group, first))
  if (!read.ok) {
    const gap = gapOf(`${first.kind} ${first.name}, to which the pod belongs`, read.problem)
    const { observations } = told(asked, pod, first, [])
    return { observations, unknown: [gap] }
  }
  const second = controllerOf(read.value)
  const owner = second ?? first
  const histories = first.kind === 'ReplicaSet' ? replicaSets : controllerRevisions
  const history = await attempt(histories(asked, read.value, owner))
  if (history.ok) return told(asked, pod, owner, history.value)
  return {
    ...told(asked, pod, owner, []),
    unknown: [gapOf(`earlier versions of ${owner.kind} ${owner.name}`, history.problem)],
  }
}

/** Where the API server keeps what makes pods. */
const GROUPS: Readonly<Record<string, string>> = {
  ReplicaSet: '/apis/apps/v1',
  StatefulSet: '/apis/apps/v1',
  DaemonSet: '/apis/apps/v1',
  Job: '/apis/batch/v1',
}

function getOwned(
  { api, namespace, signal }: Asked,
  group: string,
  owner: Owner,
): Promise<ApiObject> {
  const path = `${group}/namespaces/${namespace}/${owner.kind.toLowerCase()}s/${owner.name}`
  return api.get({ path, signal })
}

async function replicaSets(
  asked: Asked,
  replicaSet: ApiObject,
  owner: Owner,
): Promise<WorkloadRevision[]> {
  const labels = field(replicaSet, 'spec', 'selector', 'matchLabels')
  // What a Deployment adds to its own selector tells its ReplicaSets apart.
  const selector = selectorOf(labels, 'pod-template-hash')
  const sets = await listed(asked, '/apis/apps/v1', 'replicasets', selector, MAX_REVISIONS)
  const pods = await listed(asked, '/api/v1', 'pods', selector, MAX_PODS)
  return newestFirst(
    sets
      .filter((set) => controllerOf(set)?.uid === owner.uid)
      .map((set) => {
        const uid = textField(set, 'metadata', 'uid')
        const own = pods.filter((pod) => controllerOf(pod)?.uid === uid)
        const annotations = field(set, 'metadata', 'annotations')
        const again = textField(annotations, 'deployment.kubernetes.io/revision-history') !== null
        return {
          revision: Number(textField(annotations, 'deployment.kubernetes.io/revision') ?? 0),
          // One that was taken again is as old as its oldest pod.
          since: again ? oldest(own) : instantField(set, 'metadata', 'creationTimestamp'),
          containers: containersIn(field(set, 'spec', 'template', 'spec')),
          ...endsOf(own),
        }
      }),
  )
}

/** StatefulSets and DaemonSets keep theirs in ControllerRevisions; what keeps none has no history. */
async function controllerRevisions(
  asked: Asked,
  set: ApiObject,
  owner: Owner,
): Promise<WorkloadRevision[]> {
  if (owner.kind !== 'StatefulSet' && owner.kind !== 'DaemonSet') return []
  const selector = selectorOf(field(set, 'spec', 'selector', 'matchLabels'), null)
  const all = await listed(asked, '/apis/apps/v1', 'controllerrevisions', selector, MAX_REVISIONS)
  const pods = await listed(asked, '/api/v1', 'pods', selector, MAX_PODS)
  const revisions = all.filter((one) => controllerOf(one)?.uid === owner.uid)
  return newestFirst(
    revisions.map((one) => {
      const name = nameIn(one)
      const own = pods.filter((pod) => {
        const hash = textField(pod, 'metadata', 'labels', 'controller-revision-hash')
        // A StatefulSet writes the whole name of the revision, a DaemonSet its last word.
        return hash !== null && (name === hash || name?.endsWith(`-${hash}`) === true)
      })
      return {
        revision: numberField(one, 'revision') ?? 0,
        since: instantField(one, 'metadata', 'creationTimestamp'),
        containers: containersIn(field(one, 'data', 'spec', 'template', 'spec')),
        ...endsOf(own),
      }
    }),
  )
}

async function listed(
  { api, namespace, signal }: Asked,
  group: string,
  plural: string,
  labelSelector: string,
  limit: number,
): Promise<ApiObject[]> {
  if (labelSelector === '') return []
  const path = `${group}/namespaces/${namespace}/${plural}`
  return itemsOf(await api.get({ path, query: { labelSelector, limit }, signal }), limit)
}

function selectorOf(labels: unknown, but: string | null): string {
  if (!isRecord(labels)) return ''
  return Object.entries(labels)
    .filter(([key, value]) => key !== but && typeof value === 'string')
    .map(([key, value]) => `${key}=${String(value)}`)
    .join(',')
}

function containersIn(spec: unknown): WorkloadRevision['containers'] {
  return listField(spec, MAX_CONTAINERS, 'containers').flatMap((container) => {
    const name = textField(container, 'name')
    if (name === null) return []
    return {
      name,
      image: textField(container, 'image'),
      memoryLimitBytes: parseMemory(field(container, 'resources', 'limits', 'memory')),
    }
  })
}

function endsOf(
  pods: readonly ApiObject[],
): Pick<WorkloadRevision, 'oomKilled' | 'restarts' | 'pods'> {
  let oomKilled = 0
  let restarts = 0
  for (const pod of pods) {
    for (const key of ['initContainerStatuses', 'containerStatuses']) {
      for (const status of listField(pod, MAX_CONTAINERS, 'status', key)) {
        restarts += numberField(status, 'restartCount') ?? 0
        const reasons = ['state', 'lastState'].map((state) =>
          textField(status, state, 'terminated', 'reason'),
        )
        if (reasons.includes('OOMKilled')) oomKilled++
      }
    }
  }
  return { oomKilled, restarts, pods: pods.length }
}

function oldest(pods: readonly ApiObject[]): number | null {
  const times = pods.flatMap((pod) => instantField(pod, 'metadata', 'creationTimestamp') ?? [])
  return times.length === 0 ? null : Math.min(...times)
}

function newestFirst(revisions: readonly WorkloadRevision[]): WorkloadRevision[] {
  return revisions.toSorted((a, b) => b.revision - a.revision)
}

function told(
  { api, namespace }: Asked,
  pod: ApiObject,
  { kind, name }: Owner,
  revisions: readonly WorkloadRevision[],
): { observations: Observation[]; unknown: string[] } {
  const fact: Workload = {
    kind: 'workload',
    namespace,
    pod: nameIn(pod) ?? '',
    ownerKind: kind,
    owner: name,
    revisions,
  }
  const from = `${kind} ${namespace}/${name} of ${api.access.where}`
  return { observations: [observeWorkload(fact, from)], unknown: [] }
}
