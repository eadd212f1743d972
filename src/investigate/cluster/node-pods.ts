import { EXIT, StellaError, unreachableError, usageError } from '../../model/errors.ts'
import { field, textField } from '../../parsers/json-fields.ts'
import { parseMemory } from '../../parsers/kubernetes/quantity.ts'
import { podOnNode } from '../../simulate/eviction/from-kubernetes.ts'
import type { EvictionPod } from '../../simulate/eviction/pod.ts'
import type { KubernetesApi } from '../../sources/kubernetes/api.ts'
import { kubernetesApi } from '../../sources/kubernetes/index.ts'
import { listPages } from '../../sources/kubernetes/pages.ts'
import { ApiProblem, asStellaError } from '../../sources/kubernetes/problem.ts'
import { usageOnNode } from '../../sources/kubernetes/stats.ts'
import { podUsage, type PodUsage } from '../../sources/kubernetes/usage.ts'
import type { Reader } from '../../sources/reader.ts'

/** The pods of a node of a cluster, with what they use. */
export interface NodePods {
  node: string
  pods: readonly EvictionPod[]
  nodeCapacityBytes: number | null
  /** Where the usage comes from, and what could not be read: sentences. */
  notes: readonly string[]
}

const TIMEOUT_MS = 60_000
/** A kubelet runs 110 by default. */
const MAX_PODS = 5_000
const MAX_NODES = 5_000

/**
 * Asks a cluster for the pods of a node.
 *
 * @param node null: the only one
 * @throws StellaError 2 where the cluster has several nodes and none is named, 3 where it cannot be asked or there is no such
 *   node, 4 where nothing tells what the pods use
 */
export async function podsOfNode(reader: Reader, node: string | null): Promise<NodePods> {
  const api = await kubernetesApi(reader)
  const signal = AbortSignal.timeout(TIMEOUT_MS)
  try {
    return await asked(api, node ?? (await onlyNode(api, signal)), signal)
  } catch (error) {
    throw error instanceof ApiProblem ? asStellaError(error, api.access.where) : error
  }
}

async function asked(api: KubernetesApi, node: string, signal: AbortSignal): Promise<NodePods> {
  const notes: string[] = []
  const capacity = await capacityOf(api, node, { signal, notes })
  const pods: EvictionPod[] = []
  const query = { fieldSelector: `spec.nodeName=${node}` }
  for await (const page of listPages(api, { path: '/api/v1/pods', query, signal }, MAX_PODS)) {
    if (page.anew) pods.length = 0
    for (const item of page.items) {
      const read = podOnNode(item)
      if (read !== null) pods.push(read.pod)
    }
  }
  if (pods.length === 0) {
    throw unreachableError(`no pod lives on ${node}`, '--node', "name one of 'kubectl get nodes'")
  }
  const usage = await usageOf(api, node, { signal, notes })
  return {
    node,
    pods: pods.map((pod) => ({ ...pod, usageBytes: usage.get(pod.name) ?? null })),
    nodeCapacityBytes: capacity,
    notes,
  }
}

interface Asking {
  signal: AbortSignal
  notes: string[]
}

/** Pods may be read by more people than nodes: without it the order is the same. */
async function capacityOf(
  api: KubernetesApi,
  node: string,
  { signal, notes }: Asking,
): Promise<number | null> {
  try {
    const object = await api.get({ path: `/api/v1/nodes/${node}`, signal })
    return parseMemory(field(object, 'status', 'capacity', 'memory'))
  } catch (error) {
    if (!(error instanceof ApiProblem) || error.kind !== 'denied') throw error
    notes.push(`The memory of ${node} is not known: a right is missing: ${error.missingRight}.`)
    return null
  }
}

/** The kubelet evicts by its own figures; the metrics API has the same, up to a minute old. */
async function usageOf(
  api: KubernetesApi,
  node: string,
  { signal, notes }: Asking,
): Promise<ReadonlyMap<string, number>> {
  const problems: string[] = []
  const kubelet = (): Promise<readonly PodUsage[]> => usageOnNode(api, node, signal)
  const metrics = (): Promise<readonly PodUsage[]> => podUsage(api, null, signal)
  for (const [says, ask] of [
    [`the kubelet of ${node}, as it evicts by them`, kubelet],
    ['the metrics API, up to a minute old', metrics],
  ] as const) {
    try {
      const usage = await ask()
      if (usage.length === 0) continue
      notes.push(`Working sets are those of ${says}.`)
      return new Map(usage.map((pod) => [`${pod.namespace}/${pod.name}`, sumOf(pod)]))
    } catch (error) {
      if (!(error instanceof ApiProblem)) throw error
      problems.push(error.missingRight ?? error.message)
    }
  }
  throw new StellaError({
    exitCode: EXIT.inconclusive,
    what: `nothing says how much memory the pods use (${problems.join('; ')})`,
    where: api.access.where,
    todo: 'ask for the right to get nodes/proxy, or install metrics-server',
  })
}

function sumOf({ containers }: PodUsage): number {
  return containers.reduce((sum, { bytes }) => sum + bytes, 0)
}

async function onlyNode(api: KubernetesApi, signal: AbortSignal): Promise<string> {
  const names: string[] = []
  for await (const page of listPages(api, { path: '/api/v1/nodes', signal }, MAX_NODES)) {
    names.push(...page.items.flatMap((item) => textField(item, 'metadata', 'name') ?? []))
  }
  const [name, other] = names
  if (name !== undefined && other === undefined) return name
  throw usageError(
    name === undefined ? 'the cluster has no node' : `the cluster has ${names.length} nodes`,
    '--node',
    name === undefined
      ? 'give files with --from'
      : `pressure is of one node: choose it, as in --node ${name}`,
  )
}
