import { formatBytes } from '../../../../model/bytes.ts'
import { changesThatSpare } from '../../../../simulate/eviction/changes.ts'
import { oomScoreAdjs, qosClassOf } from '../../../../simulate/eviction/oom-score.ts'
import { type RankedPod, rankPods } from '../../../../simulate/eviction/rank.ts'
import type { CommonFlags } from '../../../common-flags.ts'
import type { CliContext } from '../../../context.ts'
import type { EvictionPod } from '../../../../simulate/eviction/pod.ts'
import {
  DEFAULT_THRESHOLD,
  judgedSignals,
  type JudgedSignal,
  podsUntilRelieved,
} from '../../../../simulate/eviction/threshold.ts'
import type { EvictionThreshold } from '../../../../model/kubelet.ts'
import { type PodWish, withWishes } from '../../../../simulate/eviction/what-if.ts'
import { printable } from '../../../../report/printable.ts'
import { textTable } from '../../../../report/table.ts'
import { printAnswer } from '../print.ts'
import { usageError } from '../../../../model/errors.ts'
import type { NodePods } from '../../../../investigate/cluster/node-pods.ts'
import { atClusters, type ClusterFlags } from '../../../cluster-flags.ts'
import { podsFrom } from './pods.ts'
import {
  changedEntry,
  changedInWords,
  changeInWords,
  goingInWords,
  headline,
  placesOf,
  reason,
  signalsInWords,
  signed,
} from './words.ts'

interface EvictionFlags extends CommonFlags, Pick<ClusterFlags, 'kubeconfig' | 'context'> {
  from?: readonly string[]
  node?: string
  setPriority?: readonly PodWish[]
  setRequest?: readonly PodWish[]
  evictionHard?: EvictionThreshold
}

type PodsOfNode = Omit<NodePods, 'node'>

/** More than anybody reads; --json has all. */
const SHOWN = 50

/** `stella simulate eviction`. */
export async function eviction(this: CliContext, flags: EvictionFlags): Promise<void> {
  const given = await podsOf(this, flags)
  const { pods, changed } = triedOut(given.pods, flags)
  const ranked = rankPods(pods)
  const before = changed.length === 0 ? null : rankPods(given.pods)
  const changes = changesThatSpare(pods)
  const threshold = flags.evictionHard ?? null
  const signals = signalsOf(given, threshold)
  const going = podsUntilRelieved(ranked, signals)
  const adjsOf = ({ pod }: RankedPod) => oomScoreAdjs(pod, given.nodeCapacityBytes)
  const { notes } = given
  printAnswer(this.io, flags, {
    document: {
      /** What `stella simulate eviction --json` prints: in which order a kubelet would evict. */
      schema: 'stella.simulate-eviction/1',
      order: ranked.map(({ pod }) => pod.name),
      skipped: ranked.filter(({ evictable }) => !evictable).map(({ pod }) => pod.name),
      pods: ranked.map((one) => entryOf(one, adjsOf(one))),
      changes,
      whatIf:
        before === null
          ? null
          : {
              pods: changed.map((one) => changedEntry(one, before, ranked)),
              orderBefore: before.map(({ pod }) => pod.name),
            },
      nodeCapacityBytes: given.nodeCapacityBytes,
      signals,
      evictedNow: going.map(({ pod }) => pod.name),
      ...(notes.length === 0 ? {} : { notes }),
    },
    headline: headline(ranked, before),
    tone: ranked.some(({ evictable }) => evictable) ? 'bad' : 'good',
    parts: [
      { lines: table(ranked, before, adjsOf) },
      {
        sentences: [
          ...changed.map((one) => changedInWords(one, before ?? [], ranked)),
          ...signalsInWords(signals, threshold === null ? given.thresholds : [threshold]),
          ...goingInWords(signals, going),
        ],
      },
      { sentences: [...notes, ...changes.map(changeInWords), ...CAVEATS] },
    ],
  })
}

function triedOut(pods: readonly EvictionPod[], flags: EvictionFlags) {
  const { setPriority = [], setRequest = [] } = flags
  const tried = withWishes(pods, [...setPriority, ...setRequest])
  const [nobody] = tried.unmatched
  if (nobody === undefined) return tried
  throw usageError(
    `no pod '${nobody}' is among those of the node`,
    setPriority.some(({ who }) => who === nobody) ? '--set-priority' : '--set-request',
    'take a name from the ranking, or its beginning and *',
  )
}

/** What is given counts before what the kubelet says, and its default where nobody says anything. */
function signalsOf(
  { signals, thresholds }: PodsOfNode,
  threshold: EvictionThreshold | null,
): JudgedSignal[] {
  if (threshold !== null && signals.length === 0) {
    throw usageError(
      'nothing tells what the node has available',
      '--eviction-hard',
      "add the text of 'kubectl get --raw /api/v1/nodes/NODE/proxy/stats/summary' with --from",
    )
  }
  return judgedSignals(
    signals,
    threshold === null ? (thresholds ?? [DEFAULT_THRESHOLD]) : [threshold],
  )
}

/** A cluster is asked by nobody who does not name one, or a node of it. */
function meansCluster({ node, kubeconfig, context }: EvictionFlags): boolean {
  return [node, kubeconfig, context].some((named) => named !== undefined)
}

/** From files, or from the cluster where none is named. */
async function podsOf(context: CliContext, flags: EvictionFlags): Promise<PodsOfNode> {
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
  return { ...(await podsFrom(context.io, [...new Set(from)], node)), thresholds: null, notes: [] }
}

const CAVEATS = [
  'Looked at in turn: working set above request, lower priority, larger excess. The QoS class is not asked.',
  'One pod goes at a time, and the kubelet looks again after that.',
  'QOS and ADJ decide about the kernel instead: if the node runs out faster than the kubelet acts, the OOM killer goes by oom_score_adj.',
]

function table(
  ranked: readonly RankedPod[],
  before: readonly RankedPod[] | null,
  adjsOf: (one: RankedPod) => readonly number[] | null,
): string[] {
  const shown = ranked.slice(0, SHOWN)
  const was = before === null ? null : placesOf(before)
  const places = placesOf(ranked)
  const rows = shown.map((one) => [
    places.get(one.pod.name) ?? '-',
    ...(was === null ? [] : [was.get(one.pod.name) ?? '-']),
    printable(one.pod.name),
    one.pod.usageBytes === null ? 'no figures' : formatBytes(one.pod.usageBytes),
    formatBytes(one.pod.requestBytes),
    one.overshootBytes === null ? '?' : signed(one.overshootBytes),
    String(one.pod.priority),
    qosClassOf(one.pod),
    adjsOf(one)?.join(',') ?? '?',
    one.evictable ? (one.tied ? 'equal to the one before' : '') : 'critical: passed over',
  ])
  const head = [
    'Rank',
    ...(was === null ? [] : ['Was']),
    'Pod',
    'Working set',
    'Request',
    'Excess',
    'Priority',
    'QoS',
    'Adj',
    'Note',
  ]
  const left = ranked.length - shown.length
  return [...textTable(head, rows), ...(left > 0 ? [`and ${left} more; --json has all`] : [])]
}

function entryOf(one: RankedPod, oomScoreAdj: readonly number[] | null) {
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
