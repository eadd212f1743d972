import { EXIT, StellaError, usageError } from '../../../../model/errors.ts'
import { errorMessage } from '../../../../model/error-message.ts'
import { readCluster, type PodOnNode } from '../../../../simulate/eviction/from-kubernetes.ts'
import { isNodeSummary, readNodeSummary } from '../../../../parsers/kubernetes/node-summary.ts'
import type { MemorySignal } from '../../../../parsers/kubernetes/node-summary.ts'
import { usageByPod } from '../../../../simulate/eviction/usage.ts'
import { isTopOutput, readTop } from '../../../../simulate/eviction/from-top.ts'
import type { CliIo } from '../../../context.ts'
import { placeOf, readWhole } from '../read-text.ts'
import { isPodsFile, type PodsFile, readPodsFile } from './pods-file.ts'

/**
 * The pods of one node, from a file in our own form or from what kubectl printed.
 *
 * @throws StellaError 2 with file and field, 3 where a file cannot be read, 4 where usage is not told
 */
export async function podsFrom(
  io: CliIo,
  paths: readonly string[],
  wanted: string | null,
): Promise<PodsFile> {
  const pods: PodOnNode[] = []
  const capacities = new Map<string, number>()
  const usage = new Map<string, number>()
  const signals: MemorySignal[] = []
  let node = wanted
  for (const path of paths) {
    const text = await readWhole(io, path)
    const json = parsed(text)
    if (isNodeSummary(json)) {
      const summary = readNodeSummary(json)
      if (wanted !== null && summary.node !== wanted) continue
      if (node !== null && summary.node !== node) throw severalNodes([node, summary.node ?? '?'])
      node = summary.node
      signals.push(...summary.signals)
      for (const [pod, bytes] of usageByPod(summary.pods)) usage.set(pod, bytes)
      continue
    }
    if (isPodsFile(json)) {
      if (paths.length === 1) return readPodsFile(json, placeOf(path))
      throw usageError('stands alone', placeOf(path), 'give no other file next to it')
    }
    if (isTopOutput(text)) {
      for (const [pod, bytes] of readTop(text)) usage.set(pod, bytes)
      continue
    }
    const cluster = readCluster(text)
    if (cluster.pods.length === 0 && cluster.capacities.size === 0)
      throw notPods(text, placeOf(path))
    pods.push(...cluster.pods)
    for (const [name, bytes] of cluster.capacities) capacities.set(name, bytes)
  }
  return { ...joined(pods, { capacities, usage, node }), signals }
}

function joined(
  pods: readonly PodOnNode[],
  known: {
    capacities: ReadonlyMap<string, number>
    usage: ReadonlyMap<string, number>
    node: string | null
  },
): Omit<PodsFile, 'signals'> {
  const nodes = [...new Set(pods.flatMap((one) => one.node ?? []))]
  if (known.node === null && nodes.length > 1) {
    throw severalNodes(nodes)
  }
  const node = known.node ?? nodes[0] ?? null
  const chosen = pods.filter((one) => known.node === null || one.node === known.node)
  if (chosen.length === 0) {
    throw usageError(
      `no pod lives on ${node ?? 'any node'}`,
      known.node === null ? null : '--node',
      "give the pods of 'kubectl get pods -A -o yaml'",
    )
  }
  if (known.usage.size === 0) throw noUsage()
  return {
    nodeCapacityBytes: node === null ? null : (known.capacities.get(node) ?? null),
    pods: chosen.map(({ pod }) => ({ ...pod, usageBytes: known.usage.get(pod.name) ?? null })),
  }
}

function severalNodes(nodes: readonly string[]): StellaError {
  return usageError(
    `the pods live on ${nodes.length} nodes (${nodes.slice(0, 5).join(', ')})`,
    null,
    'pressure is of one node: choose it with --node',
  )
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}

function notPods(text: string, from: string): StellaError {
  const reason = /^\s*\{/.test(text) ? whyNotJson(text) : null
  return usageError(
    reason === null ? 'holds neither pods nor nodes' : `is not JSON (${reason})`,
    from,
    "give {\"pods\":[…]} as JSON, pods of 'kubectl get pods -o yaml', or the text of 'kubectl top pods'",
  )
}

function whyNotJson(text: string): string | null {
  try {
    JSON.parse(text)
    return null
  } catch (error) {
    return errorMessage(error)
  }
}

function noUsage(): StellaError {
  return new StellaError({
    exitCode: EXIT.inconclusive,
    what: 'nothing says how much memory the pods use',
    todo: "add the text of 'kubectl top pods -A', or the kubelet's stats/summary, with another --from",
  })
}
