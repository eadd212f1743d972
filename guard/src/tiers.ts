import type { Pressure } from './memory/pressure.ts'

/**
 * What the guard does, each beside what those before it do:
 * `observe` nothing, `evict` caches shrink, `shed` new work is refused, `drain` the process leaves. The last one is final.
 */
export const TIERS = ['observe', 'evict', 'shed', 'drain'] as const
export type Tier = (typeof TIERS)[number]

export interface TierSettings {
  /** Shares of the limit at which each tier begins. */
  evictAt: number
  shedAt: number
  drainAt: number
  /** So many looks in a row have to be above `drainAt`: a collection may still help. */
  drainLooks: number
  /** A tier ends so far below where it began. */
  hysteresis: number
  /** A tier lasts so long at least. */
  dwellMs: number
  /** Who has refused all work for so long leaves: it will not serve again by itself. 0: never. */
  longestShedMs: number
  /** Shares of the time in which some tasks stand still for memory (evict), or all of them (shed). */
  evictAtSome: number
  shedAtFull: number
}

export const TIER_DEFAULTS: TierSettings = {
  evictAt: 0.7,
  shedAt: 0.85,
  drainAt: 0.93,
  drainLooks: 3,
  hysteresis: 0.05,
  dwellMs: 5_000,
  longestShedMs: 60_000,
  evictAtSome: 0.05,
  shedAtFull: 0.05,
}

export interface TierState {
  tier: Tier
  sinceMs: number
  /** Looks in a row above `drainAt`. */
  looksOver: number
}

/** What of a look decides. */
interface Seen {
  ratio: number
  pressure: Pressure | null
}

export function firstTier(nowMs: number): TierState {
  return { tier: 'observe', sinceMs: nowMs, looksOver: 0 }
}

/** Goes up at once and as far as it has to; comes down one tier at a time, after a while. */
export function nextTier(
  state: TierState,
  seen: Seen,
  nowMs: number,
  settings: TierSettings,
): TierState {
  if (state.tier === 'drain') return state
  const looksOver = seen.ratio >= settings.drainAt ? state.looksOver + 1 : 0
  const called = calledFor(seen, settings, 0)
  const wanted = looksOver >= settings.drainLooks ? 'drain' : called
  if (rank(wanted) > rank(state.tier)) return { tier: wanted, sinceMs: nowMs, looksOver }
  const mayFall = nowMs - state.sinceMs >= settings.dwellMs
  if (mayFall && rank(calledFor(seen, settings, settings.hysteresis)) < rank(state.tier)) {
    return { tier: TIERS[rank(state.tier) - 1] ?? 'observe', sinceMs: nowMs, looksOver }
  }
  return hasShedTooLong(state, nowMs, settings)
    ? { tier: 'drain', sinceMs: nowMs, looksOver }
    : { ...state, looksOver }
}

/** Whatever could be given up or collected was, many times: what stays is too much for the limit. */
function hasShedTooLong(
  { tier, sinceMs }: TierState,
  nowMs: number,
  { longestShedMs }: TierSettings,
): boolean {
  return tier === 'shed' && longestShedMs > 0 && nowMs - sinceMs >= longestShedMs
}

/** The tier that one look asks for; no single look asks for the last one. */
function calledFor(seen: Seen, settings: TierSettings, hysteresis: number): Tier {
  const { ratio, pressure } = seen
  const full = pressure?.full ?? 0
  const some = pressure?.some ?? 0
  if (ratio >= settings.shedAt - hysteresis || full >= settings.shedAtFull) return 'shed'
  if (ratio >= settings.evictAt - hysteresis || some >= settings.evictAtSome) return 'evict'
  return 'observe'
}

function rank(tier: Tier): number {
  return TIERS.indexOf(tier)
}

/** Where tasks wait for memory although there is room by the figures, or work for room, caches give up half of theirs. */
export const KEPT_UNDER_PRESSURE = 0.5

/** How much of its budget a cache may keep: all of it up to `evictAt`, nothing at the limit. */
export function keptShare({ ratio, pressure }: Seen, settings: TierSettings): number {
  const { evictAt, evictAtSome } = settings
  const most = (pressure?.some ?? 0) >= evictAtSome ? KEPT_UNDER_PRESSURE : 1
  return Math.min(most, Math.max(0, 1 - (ratio - evictAt) / (1 - evictAt)))
}
