import { counted } from '../../model/counted.ts'
import { attempt } from './objects.ts'
import type { ApiProblem } from './problem.ts'

/** Kubelets are asked one by one: of a larger cluster, no more of them. */
export const MAX_KUBELETS = 200
const AT_ONCE = 8
/** Of a node that is away the API server waits longer. */
const KUBELET_TIMEOUT_MS = 10_000
/** Nodes that are named each, where their kubelets do not answer. */
const MAX_NAMED = 3

/** What kubelets say, and which of them do not. */
export interface KubeletAnswers<T> {
  answers: readonly { node: string; value: T }[]
  failed: readonly { node: string; problem: ApiProblem }[]
}

/**
 * Asks the kubelets of nodes, a few at a time and of many the first alone. Where one may not be asked, none of the others is.
 *
 * @param ask one of them
 */
export async function askKubelets<T>(
  nodes: readonly string[],
  ask: (node: string, signal: AbortSignal) => Promise<T>,
  signal: AbortSignal,
): Promise<KubeletAnswers<T>> {
  const answers: { node: string; value: T }[] = []
  const failed: { node: string; problem: ApiProblem }[] = []
  async function askOne(node: string): Promise<void> {
    const inTime = AbortSignal.any([signal, AbortSignal.timeout(KUBELET_TIMEOUT_MS)])
    const answer = await attempt(ask(node, inTime))
    if (answer.ok) answers.push({ node, value: answer.value })
    else failed.push({ node, problem: answer.problem })
  }
  const [first, ...others] = nodes.slice(0, MAX_KUBELETS)
  if (first !== undefined) await askOne(first)
  // Whoever may not ask one may ask none: the API server is spared refusing them all.
  if (failed[0]?.problem.kind === 'denied') return { answers, failed }
  const left = others.values()
  async function work(): Promise<void> {
    for (const node of left) await askOne(node)
  }
  await Promise.all(Array.from({ length: AT_ONCE }, work))
  return { answers, failed }
}

/**
 * A sentence for each of the first that did not answer, and one for the others.
 *
 * @param what `what the pods of worker-1 use`, of a node or of several
 */
export function unansweredKubelets(
  failed: KubeletAnswers<unknown>['failed'],
  what: (nodes: string) => string,
): string[] {
  const named = failed
    .slice(0, MAX_NAMED)
    .map(({ node, problem }) => `${what(node)} is not known: ${problem.reason}`)
  const unnamed = failed.length - named.length
  return unnamed > 0 ? [...named, `${what(counted(unnamed, 'more node'))} is not known`] : named
}
