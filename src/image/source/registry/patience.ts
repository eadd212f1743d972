import { setTimeout as pause } from 'node:timers/promises'

/** How long a registry is waited for; times in milliseconds. */
export interface Patience {
  /** How often the same is asked in a row without getting anything for it. */
  attempts: number
  /** Connections of one blob, with those that brought something. */
  connections: number
  firstPause: number
  /** Of any pause, also where the registry asks for more. */
  longestPause: number
  /** Until the head of an answer. */
  answer: number
  /** Between two pieces of an answer. */
  idle: number
}

const SECOND = 1_000

export const PATIENCE: Patience = {
  attempts: 5,
  connections: 100,
  firstPause: SECOND / 2,
  longestPause: 60 * SECOND,
  answer: 30 * SECOND,
  idle: 30 * SECOND,
}

/**
 * Waits before the next attempt: as long as the registry asks for, else twice as long each time, and not all at once.
 *
 * @param failures that came before, at least one
 * @param retryAfter the header of that name
 */
export async function pauseAfter(
  failures: number,
  retryAfter: string | null,
  { firstPause, longestPause }: Patience,
  signal: AbortSignal,
): Promise<void> {
  const asked = retryAfter === null ? null : askedPause(retryAfter, Date.now())
  const own = firstPause * 2 ** (failures - 1) * (0.75 + Math.random() / 2)
  await pause(Math.min(asked ?? own, longestPause), undefined, { signal })
}

/** Seconds, or a date. RFC 9110 10.2.3; null where it is neither. */
export function askedPause(retryAfter: string, now: number): number | null {
  if (/^\d{1,9}$/.test(retryAfter)) return Number(retryAfter) * SECOND
  const at = Date.parse(retryAfter)
  return Number.isNaN(at) ? null : Math.max(0, at - now)
}
