import { usageError } from '../model/errors.ts'
import type { ChangePlan } from '../model/fix.ts'
import type { FixStore } from '../store/fixes.ts'
import type { Driver, Hands } from './driver.ts'

/** All that a fix is made with. */
export interface Workshop {
  drivers: readonly Driver[]
  store: FixStore
  hands: Hands
}

/** @throws StellaError where this stella has none for it */
export function driverOf(plan: ChangePlan, { drivers }: Workshop): Driver {
  const driver = drivers.find(({ platform }) => platform === plan.platform)
  if (driver !== undefined) return driver
  throw usageError(
    `this stella cannot change ${plan.platform}`,
    null,
    plan.platform === 'scanner'
      ? 'say which scanner it is, as in: stella doctor fix --undo ID --server URL'
      : 'use the version that made the fix',
  )
}
