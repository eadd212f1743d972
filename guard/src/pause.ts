const MIB = 1024 * 1024

export interface PauseSettings {
  /** How fast memory may fill, in bytes a second. */
  fillRate: number
  shortestMs: number
  longestMs: number
}

/** The fastest that one thread was seen to fill memory with objects was 377 MiB a second. */
export const PAUSE_DEFAULTS: PauseSettings = {
  fillRate: 400 * MIB,
  shortestMs: 30,
  longestMs: 1_000,
}

/** So many looks fit between now and the limit, were it filled as fast as can be. */
const LOOKS_BEFORE_LIMIT = 3

/** How long the guard may look away: the less room there is, the shorter. In milliseconds. */
export function pauseFor(headroomBytes: number, settings: PauseSettings): number {
  const { fillRate, shortestMs, longestMs } = settings
  const untilFullMs = (Math.max(0, headroomBytes) / fillRate) * 1_000
  return Math.min(longestMs, Math.max(shortestMs, untilFullMs / LOOKS_BEFORE_LIMIT))
}

/** What was filled between two looks counts from then on, and is forgotten by half at each further one. */
export function fillRateAfter(rate: number, grownBytes: number, passedMs: number): number {
  const seen = passedMs > 0 ? (Math.max(0, grownBytes) / passedMs) * 1_000 : 0
  return Math.max(seen, rate / 2)
}
