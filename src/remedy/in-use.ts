import { formatBytes } from '../model/bytes.ts'
import { usageError } from '../model/errors.ts'
import type { CgroupState } from '../model/facts.ts'
import { unreclaimableBytes } from '../verdict/reading.ts'

/** @throws StellaError where what a group holds does not fit into a limit: without swap its processes would be killed at once */
export function refuseBelowUse(where: string, state: CgroupState, limitBytes: number): void {
  const needed = unreclaimableBytes(state)
  if (needed === null || needed <= limitBytes) return
  throw usageError(
    `its processes hold ${formatBytes(needed)} that cannot be reclaimed, more than ${formatBytes(limitBytes)}: they would be killed`,
    where,
    `ask for more than ${formatBytes(needed)}, or let it use less first`,
  )
}
