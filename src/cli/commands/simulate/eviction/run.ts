import { formatBytes } from '../../../../model/bytes.ts'
import { changesThatSpare, type PodChange } from '../../../../simulate/eviction/changes.ts'
import { oomScoreAdjs, qosClassOf } from '../../../../simulate/eviction/oom-score.ts'
import { type RankedPod, rankPods } from '../../../../simulate/eviction/rank.ts'
import type { CommonFlags } from '../../../common-flags.ts'
import type { CliContext } from '../../../context.ts'
import { printable } from '../../../../report/printable.ts'
import { textTable } from '../../../render/table.ts'
import { printAnswer } from '../print.ts'
import { usageError } from '../../../../model/errors.ts'
import { atClusters, type ClusterFlags } from '../../../cluster-flags.ts'
import type { PodsFile } from './pods-file.ts'
import { podsFrom } from './pods.ts'

interface EvictionFlags extends CommonFlags, Pick<ClusterFlags, 'kubeconfig' | 'context'> {
  from?: readonly string[]
  node?: string
}

/** More than anybody reads; --json has all. */
const SHOWN = 50

/** `stella simulate eviction`. */
export async function eviction(this: CliContext, flags: EvictionFlags): Promise<void> {
  const { pods, nodeCapacityBytes, notes } = await podsOf(this, flags)
  const ranked = rankPods(pods)
  const changes = changesThatSpare(pods)
  const adjsOf = ({ pod }: RankedPod) => oomScoreAdjs(pod, nodeCapacityBytes)
  const first = ranked.find(({ evictable }) => evictable)
  printAnswer(this.io, flags, {
    document: {
      schema: 'stella.simulate-eviction/1',
      order: ranked.map(({ pod }) => pod.name),
      skipped: ranked.filter(({ evictable }) => !evictable).map(({ pod }) => pod.name),
      pods: ranked.map((one) => entryOf(one, adjsOf(one))),
      changes,
      nodeCapacityBytes,
      ...(notes.length === 0 ? {} : { notes }),
    },
    headline:
      first === undefined
        ? 'Nothing can be evicted: every pod is critical.'
        : `${printable(first.pod.name)} would be evicted first: ${reason(first)}.`,
    tone: first === undefined ? 'good' : 'bad',
    parts: [
      { lines: table(ranked, adjsOf) },
      { sentences: [...notes, ...changes.map(changeInWords), ...CAVEATS] },
    ],
  })
}

/** A cluster is asked by nobody who does not name one, or a node of it. */
function meansCluster({ node, kubeconfig, context }: EvictionFlags): boolean {
  return [node, kubeconfig, context].some((named) => named !== undefined)
}

/** From files, or from the cluster where none is named. */
async function podsOf(
  context: CliContext,
  flags: EvictionFlags,
): Promise<PodsFile & { notes: readonly string[] }> {
  const { from = [], node = null } = flags
  if (from.length === 0 && !meansCluster(flags)) {
    throw usageError(
      'nothing to rank: no file is named',
      null,
      'name files with --from, or a node of the cluster with --node',
    )
  }
  if (from.length === 0) return (await atClusters(context, flags).engine()).podsOfNode(node)
  if (flags.kubeconfig !== undefined || flags.context !== undefined) {
    throw usageError('a cluster and files are two things', '--from', 'leave one of them out')
  }
  return { ...(await podsFrom(context.io, [...new Set(from)], node)), notes: [] }
}

const CAVEATS = [
  'Looked at in turn: working set above request, lower priority, larger excess. The QoS class is not asked.',
  'One pod goes at a time, and the kubelet looks again after that.',
  'QOS and ADJ decide about the kernel instead: if the node runs out faster than the kubelet acts, the OOM killer goes by oom_score_adj.',
]

function table(
  ranked: readonly RankedPod[],
  adjsOf: (one: RankedPod) => readonly number[] | null,
): string[] {
  const shown = ranked.slice(0, SHOWN)
  const evictable = ranked.filter((one) => one.evictable)
  const rows = shown.map((one) => [
    one.evictable ? String(evictable.indexOf(one) + 1) : '-',
    printable(one.pod.name),
    one.pod.usageBytes === null ? 'no figures' : formatBytes(one.pod.usageBytes),
    formatBytes(one.pod.requestBytes),
    one.overshootBytes === null ? '?' : signed(one.overshootBytes),
    String(one.pod.priority),
    qosClassOf(one.pod),
    adjsOf(one)?.join(',') ?? '?',
    one.evictable ? (one.tied ? 'equal to the one before' : '') : 'critical: passed over',
  ])
  const head = ['', 'POD', 'WORKING SET', 'REQUEST', 'EXCESS', 'PRIORITY', 'QOS', 'ADJ', '']
  const left = ranked.length - shown.length
  return [...textTable(head, rows), ...(left > 0 ? [`and ${left} more; --json has all`] : [])]
}

function entryOf(one: RankedPod, oomScoreAdj: readonly number[] | null): object {
  const { pod, evictable, exceedsRequest, overshootBytes, tied } = one
  return {
    name: pod.name,
    evictable,
    exceedsRequest,
    overshootBytes,
    tied,
    usageBytes: pod.usageBytes,
    requestBytes: pod.requestBytes,
    priority: pod.priority,
    qosClass: qosClassOf(pod),
    oomScoreAdj,
    because: reason(one),
  }
}

function reason({ pod, exceedsRequest, overshootBytes, evictable }: RankedPod): string {
  const priority = `priority ${pod.priority}`
  if (!evictable) return 'it is critical, and the kubelet passes it over'
  if (exceedsRequest === null || overshootBytes === null) {
    return `the kubelet has no figures of it, ${priority}`
  }
  return exceedsRequest
    ? `it uses ${formatBytes(overshootBytes)} more than it requested, ${priority}`
    : `it uses no more than it requested (${formatBytes(-overshootBytes)} less), ${priority}`
}

function changeInWords(change: PodChange): string {
  const what =
    change.change === 'request'
      ? `a request of ${formatBytes(change.toBytes)} (${change.toBytes} bytes)`
      : `priority ${change.to}`
  return `With ${what}, ${printable(change.pod)} would be number ${change.place}.`
}

function signed(bytes: number): string {
  return bytes > 0 ? `+${formatBytes(bytes)}` : formatBytes(bytes)
}
