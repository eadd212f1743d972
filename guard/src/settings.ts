import { GuardError } from './errors.ts'
import { PAUSE_DEFAULTS } from './pause.ts'
import type { PauseSettings } from './pause.ts'
import { TIER_DEFAULTS } from './tiers.ts'
import type { TierSettings } from './tiers.ts'

export interface GuardSettings extends TierSettings, PauseSettings {
  /** How long requests may take that have begun when the process leaves. */
  graceMs: number
  /** What refused clients are told to wait, in seconds. */
  retryAfterSeconds: number
  /** Whether V8 is made to collect before work is refused for garbage: a pause of 50 to 200 ms, at most every two seconds. */
  collects: boolean
  /** Whether the process ends itself after it has drained. */
  exits: boolean
}

const DEFAULTS: GuardSettings = {
  ...TIER_DEFAULTS,
  ...PAUSE_DEFAULTS,
  graceMs: 10_000,
  retryAfterSeconds: 10,
  collects: true,
  exits: true,
}

/** @throws {GuardError} for a number that cannot be */
export function settingsFrom(given: Partial<GuardSettings>): GuardSettings {
  const settings = { ...DEFAULTS, ...given }
  for (const [name, value] of Object.entries(settings)) {
    if (typeof value === 'number' && !(Number.isFinite(value) && value >= 0)) {
      throw new GuardError('bad-number', `${name} is ${value}: give a number that is not negative`)
    }
  }
  const { evictAt, shedAt, drainAt, hysteresis } = settings
  const isAscending = hysteresis < evictAt && evictAt < shedAt && shedAt < drainAt && drainAt <= 1
  if (!isAscending) {
    throw new GuardError(
      'bad-thresholds',
      `evictAt ${evictAt}, shedAt ${shedAt}, drainAt ${drainAt}: give shares of the limit that ascend up to 1, the first above hysteresis (${hysteresis})`,
    )
  }
  if (settings.fillRate === 0) {
    throw new GuardError('bad-number', 'fillRate is 0: give bytes a second')
  }
  return settings
}
