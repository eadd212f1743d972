import type { PodUsage } from '../../model/kubelet.ts'
import { listField } from '../../parsers/json-fields.ts'
import { readPodUsage } from '../../parsers/kubernetes/pod-metrics.ts'
import type { KubernetesApi } from './api.ts'

export const METRICS_GROUP = '/apis/metrics.k8s.io/v1beta1'
/** The metrics API knows no pages: a pod takes some 400 bytes, so this is 40,000 of them. */
const MAX_BYTES = 16 * 1024 * 1024
const MAX_PODS = 100_000

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
  return listField(answer, MAX_PODS, 'items').flatMap((item) => readPodUsage(item) ?? [])
}

/** @throws ApiProblem; `missing` where the pod or the metrics API is not there */
export async function usageOfPod(
  api: KubernetesApi,
  { namespace, pod }: { namespace: string; pod: string },
  signal: AbortSignal,
): Promise<PodUsage | null> {
  const path = `${METRICS_GROUP}/namespaces/${namespace}/pods/${pod}`
  return readPodUsage(await api.get({ path, signal }))
}
