/** Which settings a new limit means, and whether it may be set. */
import { keptTotal } from '../../../advice/swap.ts'
import { formatBytes, MIB } from '../../../model/bytes.ts'
import { usageError } from '../../../model/errors.ts'
import type { StellaError } from '../../../model/errors.ts'
import type { FieldChange } from '../../../model/fix.ts'
import type { CgroupState } from '../../../model/facts.ts'
import type { Inspected, MemorySettings } from './inspected.ts'

/** Docker refuses less: "Minimum memory limit allowed is 6MB". */
export const LEAST_BYTES = 6 * MIB

/** Swap keeps the amount that it has beside memory; a reservation above the limit comes down to it. */
export function memoryFor(now: MemorySettings, limitBytes: number): MemorySettings {
  const unlimitedSwap = now.MemorySwap === -1
  const total =
    now.Memory > 0 && (unlimitedSwap || now.MemorySwap > 0)
      ? keptTotal(
          { limitBytes: now.Memory, totalBytes: unlimitedSwap ? null : now.MemorySwap },
          limitBytes,
        )
      : unlimitedSwap
        ? null
        : 2 * limitBytes
  return {
    Memory: limitBytes,
    MemorySwap: total ?? -1,
    MemoryReservation: Math.min(now.MemoryReservation, limitBytes),
  }
}

export function memoryChanges(before: MemorySettings, after: MemorySettings): FieldChange[] {
  const keys = ['Memory', 'MemorySwap', 'MemoryReservation'] as const
  return keys
    .filter((key) => before[key] !== after[key])
    .map((key) => ({
      field: `HostConfig.${key}`,
      before: memoryText(before[key]),
      after: memoryText(after[key]),
    }))
}

function memoryText(bytes: number): string | null {
  if (bytes === 0) return null
  return bytes === -1 ? 'unlimited' : `${formatBytes(bytes)} (${bytes})`
}

/** @throws StellaError (usage) where the engine would not take it */
export function refuseTooSmall(limitBytes: number): void {
  if (limitBytes >= LEAST_BYTES) return
  throw usageError(
    `a limit of ${formatBytes(limitBytes)} is less than the ${formatBytes(LEAST_BYTES)} that the engine takes`,
    null,
    'give a larger one',
  )
}

/**
 * A running container whose memory does not fit is killed (cgroup v2), or the kernel refuses (v1).
 *
 * @param group its memory group; null where it does not run, or is not of this machine
 * @throws StellaError (usage) with the figures
 */
export function refuseBelowUsage(group: CgroupState | null, limitBytes: number): void {
  const kept = group === null ? null : unreclaimable(group)
  if (kept === null || kept <= 0.95 * limitBytes) return
  throw usageError(
    `it uses ${formatBytes(kept)} that cannot be given back, and ${formatBytes(limitBytes)} would not hold that`,
    group?.path ?? null,
    'stop it first, or give a higher limit',
  )
}

/** Clean page cache and reclaimable slab are given back when a limit comes down. */
function unreclaimable({ usageBytes, stat, version }: CgroupState): number | null {
  if (usageBytes === null) return null
  const of = (key: string): number =>
    (version === 1 ? stat.get(`total_${key}`) : undefined) ?? stat.get(key) ?? 0
  const clean = of('inactive_file') + of('active_file') - of('dirty') - of('file_dirty')
  return usageBytes - Math.max(0, clean) - (version === 2 ? of('slab_reclaimable') : 0)
}

export function nothingToChange({ name }: Inspected): StellaError {
  return usageError(`${name} has these settings already`, null, 'give other ones')
}
