import { MIB } from '../../model/bytes.ts'
import type { Observation } from '../../model/evidence.ts'
import type { KubeletFigures, KubeletSettings } from '../../model/kubelet.ts'
import { cadvisorPage } from '../../parsers/kubernetes/cadvisor.ts'
import { readKubeletSettings } from '../../parsers/kubernetes/kubelet-settings.ts'
import type { KubernetesApi } from './api.ts'

/** The pages of a node's kubelet, through the API server: it takes the right to `get nodes/proxy`. */
export function kubeletPath(node: string, page: string): string {
  return `/api/v1/nodes/${node}/proxy/${page}`
}

/**
 * How the kubelet of a node is set up; null: it answers something else.
 *
 * @throws ApiProblem
 */
export async function kubeletSettings(
  api: KubernetesApi,
  node: string,
  { signal, readAt }: { signal: AbortSignal; readAt: number },
): Promise<Observation<KubeletSettings> | null> {
  const path = kubeletPath(node, 'configz')
  const answer = await api.get({ path, signal })
  const origin = { from: `GET ${path} of ${api.access.where}`, readAt, source: null }
  return readKubeletSettings(answer, node, origin)
}

/** Of a node with 250 pods it is some 10 MiB. */
export const MAX_CADVISOR_BYTES = 64 * MIB

/**
 * What the kubelet of a node measures of a pod and of its containers, and the kills that it has counted in them.
 *
 * @throws ApiProblem
 */
export async function kubeletFigures(
  api: KubernetesApi,
  { node, namespace, name }: { node: string; namespace: string; name: string },
  { signal, readAt }: { signal: AbortSignal; readAt: number },
): Promise<Observation<KubeletFigures>[]> {
  const path = kubeletPath(node, 'metrics/cadvisor')
  const { text } = await api.text({ path, signal, maxBytes: MAX_CADVISOR_BYTES })
  const origin = { from: `GET ${path} of ${api.access.where}`, readAt, source: null }
  return cadvisorPage.parse(text, origin).flatMap((seen) => {
    const { fact } = seen
    const isIts =
      fact.kind === 'kubelet-figures' && fact.namespace === namespace && fact.pod === name
    return isIts ? [{ ...seen, fact: { ...fact, node } }] : []
  })
}
