/** What a container may use of swap, kept as it is when its memory limit changes. */
import { MIB } from '../model/bytes.ts'
import { reportOf, type Incident } from '../verdict/incident.ts'
import { reportScope } from '../verdict/reading.ts'

/**
 * Memory and swap together for a new memory limit. Where the present setting is not known, twice the limit, which is what
 * the engines take by themselves.
 *
 * @returns bytes; null where swap is unlimited and stays so
 */
export function totalWithSwap(incident: Incident, limitBytes: number): number | null {
  const now = present(incident)
  return now === null ? 2 * limitBytes : keptTotal(now, limitBytes)
}

/**
 * Memory and swap together for a new memory limit, so that swap keeps its amount: what is unlimited stays so, and twice
 * the limit, the engines' default, stays twice the limit.
 *
 * @returns bytes; null where swap is unlimited
 */
export function keptTotal(now: MemoryAndSwap, limitBytes: number): number | null {
  if (now.totalBytes === null) return null
  if (now.totalBytes === 2 * now.limitBytes) return 2 * limitBytes
  return limitBytes + Math.max(0, now.totalBytes - now.limitBytes)
}

/** Compose's own key, where the total is another than the engines' default. */
export function composeSwap(limitBytes: number, totalBytes: number | null): string {
  if (totalBytes === 2 * limitBytes) return ''
  return `, memswap_limit: ${totalBytes === null ? '-1' : `${Math.round(totalBytes / MIB)}m`}`
}

export interface MemoryAndSwap {
  limitBytes: number
  /** Memory and swap; null is unlimited. */
  totalBytes: number | null
}

function present(incident: Incident): MemoryAndSwap | null {
  const container = incident.container?.fact ?? null
  if (container !== null && container.memoryLimitBytes !== null) {
    const { memoryLimitBytes, memorySwapBytes, memorySwapUnlimited } = container
    if (memorySwapUnlimited) return { limitBytes: memoryLimitBytes, totalBytes: null }
    if (memorySwapBytes !== null)
      return { limitBytes: memoryLimitBytes, totalBytes: memorySwapBytes }
  }
  const report = reportOf(incident)?.fact ?? null
  if (report === null || reportScope(incident, report) !== 'own') return null
  const limitBytes = report.memory?.limitBytes ?? null
  return limitBytes === null || report.memorySwap === null
    ? null
    : { limitBytes, totalBytes: report.memorySwap.limitBytes }
}
