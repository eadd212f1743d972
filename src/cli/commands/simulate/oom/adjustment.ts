import { usageError } from '../../../../model/errors.ts'
import type { Adjustment } from '../../../../simulate/oom/changes.ts'

/**
 * `PID=N` or `NAME=N`. A name may hold an equals sign itself: the last one counts.
 *
 * @throws StellaError (usage) on anything else, and outside of -1000 to 1000
 */
export function parseAdjustment(text: string): Adjustment {
  const equals = text.lastIndexOf('=')
  const who = text.slice(0, Math.max(equals, 0))
  const value = text.slice(equals + 1)
  const oomScoreAdj = /^-?\d{1,4}$/.test(value) ? Number(value) : Number.NaN
  if (who === '' || !(Math.abs(oomScoreAdj) <= 1000)) {
    throw usageError(
      `'${text}' is not an adjustment`,
      null,
      'write it as PID=N or NAME=N, with N from -1000 (never) to 1000 (first)',
    )
  }
  // Not -0.
  return { who, oomScoreAdj: oomScoreAdj === 0 ? 0 : oomScoreAdj }
}
