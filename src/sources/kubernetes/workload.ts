import type { PodController, Workload, WorkloadRevision } from '../../model/cluster.ts'
import type { Observation } from '../../model/evidence.ts'
import { field, isRecord } from '../../parsers/json-fields.ts'
import { controllerOf } from '../../parsers/kubernetes/controller.ts'
import { readPod } from '../../parsers/kubernetes/pod.ts'
import { observeWorkload } from '../../parsers/kubernetes/workload.ts'
import { readWorkloadVersion, revisionsOf } from '../../parsers/kubernetes/workload-version.ts'
import type { KubernetesApi } from './api.ts'
import { attempt, gapOf, itemsOf, nameIn } from './objects.ts'
import type { ApiObject } from './objects.ts'

/** Deployments keep ten old ones unless they are told otherwise. */
const MAX_REVISIONS = 50
const MAX_PODS = 500

interface Asked {
  api: KubernetesApi
  namespace: string
  signal: AbortSignal
}

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
  const revisions = first.kind === 'ReplicaSet' ? replicaSets : controllerRevisions
  const known = await attempt(revisions(asked, read.value, owner))
  if (known.ok) return told(asked, pod, owner, known.value)
  return {
    ...told(asked, pod, owner, []),
    unknown: [gapOf(`earlier versions of ${owner.kind} ${owner.name}`, known.problem)],
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
  owner: PodController,
): Promise<ApiObject> {
  const path = `${group}/namespaces/${namespace}/${owner.kind.toLowerCase()}s/${owner.name}`
  return api.get({ path, signal })
}

async function replicaSets(
  asked: Asked,
  replicaSet: ApiObject,
  owner: PodController,
): Promise<WorkloadRevision[]> {
  const labels = field(replicaSet, 'spec', 'selector', 'matchLabels')
  // What a Deployment adds to its own selector tells its ReplicaSets apart.
  return history(asked, selectorOf(labels, 'pod-template-hash'), 'ReplicaSet', owner)
}

/** StatefulSets and DaemonSets keep theirs in ControllerRevisions; what keeps none has no history. */
async function controllerRevisions(
  asked: Asked,
  set: ApiObject,
  owner: PodController,
): Promise<WorkloadRevision[]> {
  if (owner.kind !== 'StatefulSet' && owner.kind !== 'DaemonSet') return []
  const selector = selectorOf(field(set, 'spec', 'selector', 'matchLabels'), null)
  return history(asked, selector, 'ControllerRevision', owner)
}

async function history(
  asked: Asked,
  selector: string,
  kind: 'ReplicaSet' | 'ControllerRevision',
  owner: PodController,
): Promise<WorkloadRevision[]> {
  const plural = `${kind.toLowerCase()}s`
  const versions = await listed(asked, '/apis/apps/v1', plural, selector, MAX_REVISIONS)
  const pods = await listed(asked, '/api/v1', 'pods', selector, MAX_PODS)
  const origin = { from: asked.api.access.where, readAt: null, source: null }
  return revisionsOf(
    owner,
    versions.flatMap(
      (value) => readWorkloadVersion({ kind, value, line: null }, origin)?.fact ?? [],
    ),
    pods.flatMap((value) => readPod({ kind: 'Pod', value, line: null }, origin)?.fact ?? []),
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

function told(
  { api, namespace }: Asked,
  pod: ApiObject,
  { kind, name }: PodController,
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
