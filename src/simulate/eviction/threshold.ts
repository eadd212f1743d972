import type { EvictionThreshold } from '../../model/kubelet.ts'
import type { MemorySignal } from '../../parsers/kubernetes/node-summary.ts'
import type { RankedPod } from './rank.ts'

/** `memory.available<100Mi` (pkg/kubelet/eviction/defaults_linux.go): an amount, and no share of the machine. */
export const DEFAULT_THRESHOLD: EvictionThreshold = {
  kind: 'hard',
  set: '100Mi',
  bytes: 100 * 1024 ** 2,
  percent: null,
  grace: null,
}

/** One of the figures that the kubelet looks at, beside a threshold of it. */
export interface JudgedSignal
  extends MemorySignal, Pick<EvictionThreshold, 'kind' | 'set' | 'grace'> {
  capacityBytes: number
  thresholdBytes: number
  /** Less is available than that: the kubelet evicts, for a soft threshold after its grace. */
  isMet: boolean
}

/**
 * What the kubelet makes of its figures: what is available is the capacity less the working set, and a share is of the capacity
 * (thresholdsMet() and makeSignalObservations() of pkg/kubelet/eviction/helpers.go). What all pods may have together is held
 * against the hard thresholds alone (addAllocatableThresholds()).
 */
export function judgedSignals(
  signals: readonly MemorySignal[],
  thresholds: readonly EvictionThreshold[],
): JudgedSignal[] {
  return signals.flatMap((signal) =>
    thresholds
      .filter(({ kind }) => kind === 'hard' || signal.name === 'memory.available')
      .flatMap((threshold) => judged(signal, threshold) ?? []),
  )
}

/** Null: it is set in words that say no amount. */
function judged(signal: MemorySignal, threshold: EvictionThreshold): JudgedSignal | null {
  const { kind, set, grace, percent } = threshold
  const capacityBytes = signal.availableBytes + signal.workingSetBytes
  const thresholdBytes =
    percent === null ? threshold.bytes : Math.trunc((capacityBytes * percent) / 100)
  if (thresholdBytes === null) return null
  const isMet = signal.availableBytes < thresholdBytes
  return { ...signal, kind, set, grace, capacityBytes, thresholdBytes, isMet }
}

/**
 * Who would have to go, one after the other, until every threshold is left behind again; all of them where that is not enough.
 * Empty where none is met.
 */
export function podsUntilRelieved(
  ranked: readonly RankedPod[],
  signals: readonly JudgedSignal[],
): RankedPod[] {
  const missing = Math.max(
    0,
    ...signals.map(({ thresholdBytes, availableBytes }) => thresholdBytes - availableBytes),
  )
  const going: RankedPod[] = []
  let freed = 0
  for (const one of ranked) {
    if (freed >= missing) break
    if (!one.evictable) continue
    going.push(one)
    freed += one.pod.usageBytes ?? 0
  }
  return going
}
