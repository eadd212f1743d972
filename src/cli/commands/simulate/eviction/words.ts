import { formatBytes } from '../../../../model/bytes.ts'
import { printable } from '../../../../report/printable.ts'
import type { PodChange } from '../../../../simulate/eviction/changes.ts'
import type { RankedPod } from '../../../../simulate/eviction/rank.ts'
import type { EvictionThreshold } from '../../../../model/kubelet.ts'
import type { JudgedSignal } from '../../../../simulate/eviction/threshold.ts'
import type { ChangedPod } from '../../../../simulate/eviction/what-if.ts'

/** The place of each pod by its name, 1 being the first to go; those that are passed over have none. */
export function placesOf(ranked: readonly RankedPod[]): ReadonlyMap<string, string> {
  const evictable = ranked.filter((one) => one.evictable)
  return new Map(evictable.map(({ pod }, at) => [pod.name, String(at + 1)]))
}

/** Who goes first; next to an order before, whether that is somebody else. */
export function headline(
  ranked: readonly RankedPod[],
  before: readonly RankedPod[] | null,
): string {
  const first = ranked.find(({ evictable }) => evictable)
  if (first === undefined) return 'Nothing can be evicted: every pod is critical.'
  const was = before?.find(({ evictable }) => evictable)?.pod.name
  const name = printable(first.pod.name)
  const who =
    was === undefined
      ? `${name} would be evicted first`
      : was === first.pod.name
        ? `${name} would still be evicted first`
        : `${name} would be evicted first instead of ${printable(was)}`
  return `${who}: ${reason(first)}.`
}

export function reason({ pod, exceedsRequest, overshootBytes, evictable }: RankedPod): string {
  const priority = `priority ${pod.priority}`
  if (!evictable) return 'it is critical, and the kubelet passes it over'
  if (exceedsRequest === null || overshootBytes === null) {
    return `the kubelet has no figures of it, ${priority}`
  }
  return exceedsRequest
    ? `it uses ${formatBytes(overshootBytes)} more than it requested, ${priority}`
    : `it uses no more than it requested (${formatBytes(-overshootBytes)} less), ${priority}`
}

export function changeInWords(change: PodChange): string {
  const what =
    change.change === 'request'
      ? `a request of ${formatBytes(change.toBytes)} (${change.toBytes} bytes)`
      : `priority ${change.to}`
  return `With ${what}, ${printable(change.pod)} would be number ${change.place}.`
}

export function signed(bytes: number): string {
  return bytes > 0 ? `+${formatBytes(bytes)}` : formatBytes(bytes)
}

/** For `--json`: what was tried out for a pod, and where it has come to stand. */
export function changedEntry(
  { name, before, after }: ChangedPod,
  was: readonly RankedPod[],
  is: readonly RankedPod[],
) {
  const told = ({ priority, requestBytes }: ChangedPod['after'], ranked: readonly RankedPod[]) => ({
    priority,
    requestBytes,
    place: Number(placesOf(ranked).get(name) ?? Number.NaN) || null,
  })
  return { name, from: told(before, was), to: told(after, is) }
}

export function changedInWords(
  { name, before, after }: ChangedPod,
  was: readonly RankedPod[],
  is: readonly RankedPod[],
): string {
  const what = [
    ...(before.priority === after.priority
      ? []
      : [`priority ${after.priority} instead of ${before.priority}`]),
    ...(before.requestBytes === after.requestBytes
      ? []
      : [
          `a request of ${formatBytes(after.requestBytes)} instead of ${formatBytes(before.requestBytes)}`,
        ]),
  ]
  const [from, to] = [was, is].map((ranked) => placesOf(ranked).get(name) ?? null)
  const moved =
    to === null
      ? 'is passed over'
      : from === to
        ? `stays number ${to}`
        : from === null
          ? `is number ${to}, and no more passed over`
          : `is number ${to} instead of ${from}`
  return `With ${what.length === 0 ? 'what it has already' : what.join(' and ')}, ${printable(name)} ${moved}.`
}

const SIGNALS: Readonly<Record<JudgedSignal['name'], string>> = {
  'memory.available': 'the machine has',
  'allocatableMemory.available': 'all pods of the node may have',
}

/**
 * What the kubelet looks at, and from where on it evicts.
 *
 * @param thresholds of this kubelet, or as they were given; null: neither is known, and the default stands in
 */
export function signalsInWords(
  signals: readonly JudgedSignal[],
  thresholds: readonly EvictionThreshold[] | null,
): string[] {
  if (thresholds?.length === 0) {
    return [
      'Its kubelet has no threshold for memory: it evicts nobody, and the kernel kills when the node runs out.',
    ]
  }
  return signals.map((signal) => signalInWords(signal, thresholds === null))
}

function signalInWords(signal: JudgedSignal, isAssumed: boolean): string {
  const { name, availableBytes, capacityBytes, workingSetBytes } = signal
  return (
    `${name} is ${formatBytes(availableBytes)} (${availableBytes} bytes): the ${formatBytes(capacityBytes)} that ${SIGNALS[name]}, ` +
    `less a working set of ${formatBytes(workingSetBytes)}. ${thresholdInWords(signal)}${isAssumed ? ', unless the kubelet was told another one' : ''}.`
  )
}

function thresholdInWords({ kind, set, grace, thresholdBytes }: JudgedSignal): string {
  const size = formatBytes(thresholdBytes)
  const asSet = set.endsWith('%') ? ` (${set})` : ''
  if (kind === 'hard') return `The threshold is ${size}${asSet}`
  return `The soft threshold is ${size}${asSet}${grace === null ? '' : `, for ${grace}`}`
}

/** Whether the kubelet evicts at this moment, and how far that goes; empty where nothing is known of its node. */
export function goingInWords(
  signals: readonly JudgedSignal[],
  going: readonly RankedPod[],
): string[] {
  if (signals.length === 0) return []
  if (!signals.some(({ isMet }) => isMet)) return ['So nothing is evicted now.']
  const names = going.map(({ pod }) => printable(pod.name))
  const more = names.length > 5 ? ` and ${names.length - 5} more` : ''
  return [
    names.length === 0
      ? 'So the kubelet evicts now, and finds nobody whom it may take.'
      : `So the kubelet evicts now: ${names.slice(0, 5).join(', ')}${more} would go until the threshold is left behind.`,
  ]
}
