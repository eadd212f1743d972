import type { KubeletSettings } from '../../../model/kubelet.ts'
import type { KubernetesApi } from '../../../sources/kubernetes/api.ts'
import { kubeletSettings } from '../../../sources/kubernetes/kubelet.ts'
import {
  askKubelets,
  MAX_KUBELETS,
  unansweredKubelets,
} from '../../../sources/kubernetes/kubelets.ts'

/** Where many nodes are away, an audit without two of its rules is worth more than one that is late. */
const PATIENCE_MS = 5_000

/** How kubelets are set up, each way once. */
export interface KubeletWays {
  ways: readonly { node: string; object: Record<string, unknown> }[]
  unknown: readonly string[]
}

/** Asks the kubelets of nodes how they deal with memory. */
export async function waysOfKubelets(
  api: KubernetesApi,
  nodes: readonly string[],
  { signal, readAt }: { signal: AbortSignal; readAt: number },
): Promise<KubeletWays> {
  const ask = (node: string, inTime: AbortSignal): ReturnType<typeof kubeletSettings> =>
    kubeletSettings(api, node, { signal: inTime, readAt })
  const patience = AbortSignal.any([signal, AbortSignal.timeout(PATIENCE_MS)])
  const { answers, failed } = await askKubelets(nodes, ask, patience)
  const ways = new Map<string, KubeletWays['ways'][number]>()
  for (const { node, value } of answers) {
    if (value === null) continue
    const object = configurationOf(value.fact)
    const way = JSON.stringify(object)
    if (!ways.has(way)) ways.set(way, { node, object })
  }
  const unknown = unansweredKubelets(failed, (one) => `how the kubelet of ${one} is set up`)
  if (nodes.length > MAX_KUBELETS) {
    unknown.push(
      `of ${nodes.length} nodes ${MAX_KUBELETS} were asked how their kubelets are set up`,
    )
  }
  return { ways: [...ways.values()], unknown }
}

/**
 * What of a kubelet's settings is judged, as its file would say it. It tells its defaults as well, which nobody has chosen: they
 * are left out. What it does not tell is null: on cgroup v2 that is false, on v1 true.
 */
function configurationOf({
  singleProcessOomKill,
  swapBehavior,
  throttlingFactor,
}: KubeletSettings): Record<string, unknown> {
  return {
    apiVersion: 'kubelet.config.k8s.io/v1beta1',
    kind: 'KubeletConfiguration',
    singleProcessOOMKill: singleProcessOomKill,
    ...(swapBehavior === 'NoSwap' ? {} : { memorySwap: { swapBehavior } }),
    ...(throttlingFactor === null
      ? {}
      : { featureGates: { MemoryQoS: true }, memoryThrottlingFactor: throttlingFactor }),
  }
}
