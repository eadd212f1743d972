import { counted } from '../../model/counted.ts'
import type { KubeletFigures, PodUsage } from '../../model/kubelet.ts'
import type { NodeSummary } from '../../parsers/kubernetes/node-summary.ts'
import type { KubernetesApi } from './api.ts'
import { askKubelets, MAX_KUBELETS, unansweredKubelets } from './kubelets.ts'
import { attempt } from './objects.ts'
import type { ApiProblem } from './problem.ts'
import { summaryOfNode } from './stats.ts'
import { podUsage } from './usage.ts'

/** What pods use, and who told it. */
export interface ToldUsage {
  /** Null: nobody tells it. */
  from: Exclude<KubeletFigures['source'], 'metrics/cadvisor'> | null
  /** Where the figures come from, and why not from the metrics API: the rest of a sentence. Null: nobody tells any. */
  says: string | null
  pods: readonly PodUsage[]
  /** What is not known, and why. */
  unknown: readonly string[]
}

/**
 * What pods use: as the metrics API tells it in one call, else as the kubelets of their nodes do, in one call each.
 *
 * @param of `namespace`: null is all of them; `nodes`: where the pods run
 */
export async function toldUsage(
  api: KubernetesApi,
  of: { namespace: string | null; nodes: readonly string[] },
  signal: AbortSignal,
): Promise<ToldUsage> {
  const metrics = await attempt(podUsage(api, of.namespace, signal))
  if (metrics.ok && (metrics.value.length > 0 || of.nodes.length === 0)) {
    return {
      from: 'metrics-server',
      says: 'the metrics API (metrics-server)',
      pods: metrics.value,
      unknown: [],
    }
  }
  const whyNot = metrics.ok ? 'the metrics API knows no pod yet' : withoutMetrics(metrics.problem)
  return ofKubelets(api, of, { whyNot, signal })
}

function withoutMetrics(problem: ApiProblem): string {
  if (problem.kind === 'missing') return 'the cluster has no metrics API (metrics-server)'
  return `the metrics API does not tell it (${problem.reason})`
}

async function ofKubelets(
  api: KubernetesApi,
  { namespace, nodes }: { namespace: string | null; nodes: readonly string[] },
  { whyNot, signal }: { whyNot: string; signal: AbortSignal },
): Promise<ToldUsage> {
  const ask = (node: string, inTime: AbortSignal): Promise<NodeSummary> =>
    summaryOfNode(api, node, inTime)
  const { answers, failed } = await askKubelets(nodes, ask, signal)
  const [first] = failed
  if (answers.length === 0) {
    const why =
      first === undefined
        ? 'no pod is on a node'
        : `the kubelet of ${first.node} does not tell it: ${first.problem.reason}`
    const todo =
      first?.problem.kind === 'denied' ? '; ask for that right, or install metrics-server' : ''
    const unknown = [`what pods use is not known: ${whyNot}, and ${why}${todo}`]
    return { from: null, says: null, pods: [], unknown }
  }
  const unknown = unansweredKubelets(failed, (some) => `what the pods of ${some} use`)
  if (nodes.length > MAX_KUBELETS) {
    unknown.push(
      `of ${nodes.length} nodes ${MAX_KUBELETS} were asked what their pods use; metrics-server tells it of all`,
    )
  }
  return {
    from: 'stats/summary',
    says: `stats/summary of ${counted(answers.length, 'kubelet')}: ${whyNot}`,
    pods: answers
      .flatMap(({ value }) => value.pods)
      .filter((pod) => namespace === null || namespace === pod.namespace),
    unknown,
  }
}
