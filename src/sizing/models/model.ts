import type { RuntimeItem, RuntimeView } from '../../model/bill.ts'
import { formatBytes } from '../../model/bytes.ts'

/** What one process may grow to, and which settings say so. */
export interface ProcessModel {
  bytes: number
  /** Of what it holds now. */
  unboundedBytes: number
  says: readonly string[]
}

/** How far the processes of one runtime may grow. Null: no setting of it bounds the memory that matters. */
export interface ModelOf {
  /** As the bill names it. */
  runtime: string
  model(view: RuntimeView): ProcessModel | null
}

/** What no setting bounds may become half as much again. */
const UNBOUNDED_FACTOR = 1.5

/**
 * Items at the most that their settings allow, all others half as much again as they are.
 *
 * @param bounded names of the items whose cap is one that the runtime keeps
 */
export function cappedSum(view: RuntimeView, bounded: readonly string[]): ProcessModel | null {
  if (view.residentBytes === null) return null
  const capped = view.items.filter(
    ({ name, capBytes }) => bounded.includes(name) && capBytes !== null,
  )
  if (capped.length === 0) return null
  const seen = capped.reduce((sum, { bytes }) => sum + (bytes ?? 0), 0)
  const most = capped.reduce((sum, item) => sum + mostOf(item), 0)
  const unboundedBytes = Math.max(0, view.residentBytes - seen)
  const rest = unboundedBytes * UNBOUNDED_FACTOR
  return {
    bytes: Math.ceil(most + rest),
    unboundedBytes,
    says: [
      ...capped.map(
        (item) => `${item.name} ${formatBytes(mostOf(item))} (${item.cap ?? item.source})`,
      ),
      `${formatBytes(rest)} for what no setting bounds, half as much again as now`,
    ],
  }
}

function mostOf({ capBytes, bytes }: RuntimeItem): number {
  return Math.max(capBytes ?? 0, bytes ?? 0)
}
