import { parseMemory } from '../../parsers/kubernetes/quantity.ts'
import { field, instantField, listField, textField } from '../../parsers/json-fields.ts'
import type { Instant } from '../../model/time.ts'
import type { KubernetesApi } from './api.ts'

/** The working set of a pod's containers at one moment, as the metrics API tells it (what `kubectl top` shows). */
export interface PodUsage {
  namespace: string
  name: string
  /** When the kubelet measured it. */
  at: Instant | null
  containers: readonly { name: string; bytes: number }[]
}

export const METRICS_GROUP = '/apis/metrics.k8s.io/v1beta1'
/** The metrics API knows no pages: a pod takes some 400 bytes, so this is 40,000 of them. */
const MAX_BYTES = 16 * 1024 * 1024
const MAX_PODS = 100_000
const MAX_CONTAINERS = 200

/**
 * What pods use, all of the cluster or of one namespace.
 *
 * @throws ApiProblem; `missing` where there is no metrics API, `busy` where its server is away
 */
export async function podUsage(
  api: KubernetesApi,
  namespace: string | null,
  signal: AbortSignal,
): Promise<readonly PodUsage[]> {
  const below = namespace === null ? '' : `/namespaces/${namespace}`
  const answer = await api.get({
    path: `${METRICS_GROUP}${below}/pods`,
    query: { limit: MAX_PODS },
    signal,
    maxBytes: MAX_BYTES,
  })
  return listField(answer, MAX_PODS, 'items').flatMap((item) => usageOf(item) ?? [])
}

function usageOf(item: unknown): PodUsage | null {
  const name = textField(item, 'metadata', 'name')
  const namespace = textField(item, 'metadata', 'namespace')
  if (name === null || namespace === null) return null
  const containers = listField(item, MAX_CONTAINERS, 'containers').flatMap((container) => {
    const own = textField(container, 'name')
    const bytes = parseMemory(field(container, 'usage', 'memory'))
    return own === null || bytes === null ? [] : [{ name: own, bytes }]
  })
  return { namespace, name, at: instantField(item, 'timestamp'), containers }
}
/** @throws ApiProblem; `missing` where the pod or the metrics API is not there */
export async function usageOfPod(
  api: KubernetesApi,
  { namespace, pod }: { namespace: string; pod: string },
  signal: AbortSignal,
): Promise<PodUsage | null> {
  const path = `${METRICS_GROUP}/namespaces/${namespace}/pods/${pod}`
  return usageOf(await api.get({ path, signal }))
}
