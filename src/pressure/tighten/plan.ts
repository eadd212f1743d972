/** What the search for the smallest limit would do. Pure. */
import { formatBytes, MIB } from '../../model/bytes.ts'
import { usageError } from '../../model/errors.ts'
import { unreclaimableBytes } from '../../verdict/reading.ts'
import { pages } from '../law.ts'
import { planExperiment } from '../plan.ts'
import type { PressurePlan, Wish } from '../plan.ts'
import type { SubjectSeen } from '../subject.ts'
import { mostSteps, nextLimit } from './bisect.ts'
import type { Bracket } from './bisect.ts'

export interface TightenPlan {
  bracket: Bracket
  precisionBytes: number
  /** Limits that are tried at most. */
  mostSteps: number
  /** The first of them: all others have the same hypothesis and guards. */
  first: PressurePlan
}

export type TightenWish = Omit<Wish, 'pressure'> & { precisionBytes: number | null }

const SHARE = 0.02
/** Docker refuses less. */
const LEAST_BYTES = 6 * MIB
const PAGE_BYTES = 4096

/** @throws StellaError where it may not be done, or there is nothing to be found */
export function planTightening(subject: SubjectSeen, wish: TightenWish): TightenPlan {
  const { state, path, fixTarget } = subject
  const present = state.limitBytes
  if (present === null) {
    throw usageError('has no limit to be tightened', path, 'give it one first: stella fix --limit')
  }
  const kept = unreclaimableBytes(state)
  if (kept === null) {
    throw usageError('does not tell what it holds', path, 'see that memory.stat can be read')
  }
  const least = fixTarget.kind === 'container' ? LEAST_BYTES : 0
  const bracket = { failsBytes: pages(Math.max(kept, least)), passesBytes: present }
  const precisionBytes = Math.max(PAGE_BYTES, wish.precisionBytes ?? Math.max(MIB, present * SHARE))
  const limitBytes = nextLimit(bracket, precisionBytes)
  if (limitBytes === null) {
    throw usageError(
      `holds ${formatBytes(kept)} of its ${formatBytes(present)} for good: there is nothing to be found in between`,
      path,
      'ask for a smaller --precision, or leave it as it is',
    )
  }
  return {
    bracket,
    precisionBytes,
    mostSteps: mostSteps(bracket, precisionBytes),
    first: stepPlan(subject, wish, limitBytes),
  }
}

/** @throws StellaError as `planExperiment` does */
export function stepPlan(
  subject: SubjectSeen,
  { precisionBytes: _, ...wish }: TightenWish,
  limitBytes: number,
): PressurePlan {
  return planExperiment(subject, {
    ...wish,
    pressure: { kind: 'limit', amount: { bytes: limitBytes } },
  })
}
