import type { Bill, RuntimeView } from '../../model/bill.ts'
import type { RuntimeModel } from '../../model/sizing.ts'
import { java } from './java.ts'
import type { ModelOf } from './model.ts'
import { node } from './node.ts'
import { redis } from './redis.ts'

/** The runtimes whose settings bound their memory. Go's memory limit is a goal, and PostgreSQL's sessions have no end. */
const MODELS: readonly ModelOf[] = [java, node, redis]

/** Processes beside the runtimes may have this share of the memory; more, and the runtimes' settings bound nothing. */
const MOST_BESIDE = 0.2

/**
 * What the subject of a bill may grow to by its runtimes' own settings. Null where the most of its memory is not bounded by
 * any.
 */
export function modelOf(bill: Bill): RuntimeModel | null {
  const [first] = bill.runtimes
  if (first === undefined) return null
  const models = bill.runtimes.map(modelOfView)
  const known = models.filter((model) => model !== null)
  const held = bill.runtimes.reduce((sum, { residentBytes }) => sum + (residentBytes ?? 0), 0)
  const beside = Math.max(0, bill.unreclaimableBytes - held)
  if (known.length < models.length || beside > bill.unreclaimableBytes * MOST_BESIDE) return null
  return {
    runtime: first.runtime,
    bytes: known.reduce((sum, { bytes }) => sum + bytes, beside),
    unboundedBytes: known.reduce((sum, { unboundedBytes }) => sum + unboundedBytes, beside),
    says: known.flatMap(({ says }) => says),
  }
}

function modelOfView(view: RuntimeView) {
  return MODELS.find(({ runtime }) => runtime === view.runtime)?.model(view) ?? null
}
