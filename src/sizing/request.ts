import { formatBytes, MIB } from '../model/bytes.ts'
import type { Growth } from '../model/growth.ts'
import type { HeadroomPolicy } from '../model/sizing.ts'
import type { History } from './history.ts'
import type { Need } from './need.ts'
import { quantile, sortedNumbers } from './robust/quantile.ts'
import { percent } from './words.ts'

/** What to ask the scheduler for. */
export interface Request {
  bytes: number
  says: string
}

export interface RequestInputs {
  limitBytes: number
  history: History
  growth: Growth
  policy: HeadroomPolicy
  /** It was killed for memory, and that still counts. */
  killed: boolean
  /** What runs in it: `redis`. */
  runtimes: readonly string[]
}

/** Whose kill costs more than the memory that a smaller request would save. */
const DATA_STORES: ReadonlySet<string> = new Set(['redis', 'postgresql'])
/** A percentile of fewer samples says nothing. */
const LEAST_SAMPLES = 20

/** The usual need, or the whole limit where being evicted or killed costs more than the memory. */
export function requestOf(inputs: RequestInputs): Request {
  const { limitBytes, policy } = inputs
  const whole = whyWhole(inputs)
  if (whole !== null) {
    return { bytes: limitBytes, says: `The request is the limit: ${whole}.` }
  }
  const needs = needsNow(inputs)
  const usual = quantile(sortedNumbers(needs.map(({ bytes }) => bytes)), 0.95)
  const bytes = Math.min(limitBytes, Math.ceil((usual * (1 + policy.request)) / MIB) * MIB)
  return {
    bytes,
    says: `The request is ${formatBytes(bytes)}: 95 % of the time it needs ${formatBytes(usual)} or less, and ${percent(policy.request)} of room.`,
  }
}

function whyWhole(inputs: RequestInputs): string | null {
  const { runtimes, killed } = inputs
  if (runtimes.some((runtime) => DATA_STORES.has(runtime))) {
    return 'it keeps data, and losing it costs more than the memory between the two'
  }
  if (killed) return 'it was killed for memory, so what it usually needs is not known'
  if (needsNow(inputs).length < LEAST_SAMPLES)
    return 'there are too few samples to tell what is usual'
  return null
}

/** After a step, what was before it is not usual any more. */
function needsNow({ history, growth }: RequestInputs): readonly Need[] {
  const { segment } = growth
  if (growth.kind !== 'step' || segment === null) return history.needs
  return history.needs.filter(({ at }) => at >= segment.from)
}
