import type { ByteRate } from '../parsers/quantity/own.ts'

export interface Leak {
  /** Of the group that the process lives in. */
  limitBytes: number
  /** In use when the clock starts. */
  startBytes: number
  rate: ByteRate
}

/** When a growing group reaches a share of its limit. */
export interface Reach {
  percent: number
  bytes: number
  /** 0 where it is reached already; null where it never is. */
  hours: number | null
}

const HOUR_SECONDS = 3_600

/**
 * The time until a straight line from `startBytes` meets `percent` of the limit: (limit − start) ÷ rate.
 * A group that is there already is there after 0 hours, whatever the rate.
 */
export function reachOf(leak: Leak, percent = 100): Reach {
  const bytes = (leak.limitBytes * percent) / 100
  return { percent, bytes: Math.round(bytes), hours: hoursUntil(leak, bytes) }
}

function hoursUntil({ startBytes, rate }: Leak, bytes: number): number | null {
  if (startBytes >= bytes) return 0
  if (rate.bytes <= 0) return null
  return ((bytes - startBytes) * rate.seconds) / (rate.bytes * HOUR_SECONDS)
}
