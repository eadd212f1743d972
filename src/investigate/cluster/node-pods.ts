import { EXIT, StellaError, unreachableError, usageError } from '../../model/errors.ts'
import type { EvictionThreshold, PodUsage } from '../../model/kubelet.ts'
import { field, textField } from '../../parsers/json-fields.ts'
import type { MemorySignal } from '../../parsers/kubernetes/node-summary.ts'
import { parseMemory } from '../../parsers/kubernetes/quantity.ts'
import { podOnNode } from '../../simulate/eviction/from-kubernetes.ts'
import type { EvictionPod } from '../../simulate/eviction/pod.ts'
import { usageByPod } from '../../simulate/eviction/usage.ts'
import type { KubernetesApi } from '../../sources/kubernetes/api.ts'
import { kubernetesApi } from '../../sources/kubernetes/index.ts'
import { kubeletSettings } from '../../sources/kubernetes/kubelet.ts'
import { listPages } from '../../sources/kubernetes/pages.ts'
import { ApiProblem, asStellaError } from '../../sources/kubernetes/problem.ts'
import { summaryOfNode } from '../../sources/kubernetes/stats.ts'
import { podUsage } from '../../sources/kubernetes/usage.ts'
import type { Reader } from '../../sources/reader.ts'

/** The pods of a node of a cluster, with what they use. */
export interface NodePods {
  node: string
  pods: readonly EvictionPod[]
  nodeCapacityBytes: number | null
  /** What the kubelet compares with its threshold; empty where it could not be asked. */
  signals: readonly MemorySignal[]
  /** When the kubelet of the node evicts, as it is set up; null: it may not be asked. */
  thresholds: readonly EvictionThreshold[] | null
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
  const { usage, signals } = await usageOf(api, node, { signal, notes })
  return {
    node,
    pods: pods.map((pod) => ({ ...pod, usageBytes: usage.get(pod.name) ?? null })),
    nodeCapacityBytes: capacity,
    signals,
    thresholds: await thresholdsOf(api, node, { signal, notes }),
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
    notes.push(`The memory of ${node} is not known: ${error.reason}.`)
    return null
  }
}

interface Told {
  pods: readonly PodUsage[]
  signals: readonly MemorySignal[]
}

interface NodeUsage extends Pick<Told, 'signals'> {
  /** Bytes by `namespace/name`. */
  usage: ReadonlyMap<string, number>
}

/** The kubelet evicts by its own figures; the metrics API has the same, up to a minute old. */
async function usageOf(
  api: KubernetesApi,
  node: string,
  { signal, notes }: Asking,
): Promise<NodeUsage> {
  const problems: string[] = []
  const kubelet = (): Promise<Told> => summaryOfNode(api, node, signal)
  const metrics = async (): Promise<Told> => ({
    pods: await podUsage(api, null, signal),
    signals: [],
  })
  for (const [says, ask] of [
    [`the kubelet of ${node}, as it evicts by them`, kubelet],
    ['the metrics API, up to a minute old', metrics],
  ] as const) {
    try {
      const { pods, signals } = await ask()
      if (pods.length === 0) continue
      notes.push(`Working sets are those of ${says}.`)
      return { signals, usage: usageByPod(pods) }
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

/** Without them the order is the same: only when it begins is not known. */
async function thresholdsOf(
  api: KubernetesApi,
  node: string,
  { signal, notes }: Asking,
): Promise<readonly EvictionThreshold[] | null> {
  try {
    const settings = await kubeletSettings(api, node, { signal, readAt: Date.now() })
    return settings?.fact.evictions ?? null
  } catch (error) {
    if (!(error instanceof ApiProblem)) throw error
    notes.push(`When the kubelet of ${node} evicts is not known: ${error.reason}.`)
    return null
  }
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
