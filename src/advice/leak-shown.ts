import { formatBytes } from '../model/bytes.ts'
import type { Case } from '../model/case.ts'
import type { Growth } from '../model/growth.ts'
import type { Sizing } from '../model/sizing.ts'
import type { Instant } from '../model/time.ts'

/** A limit that was raised before because the subject had been killed at a lower one. */
export interface EarlierFix {
  id: string
  appliedAt: Instant
  limitBytes: number
}

/**
 * Sentences that show a leak; none where nothing does. A possible leak, seen in one life alone, is none yet. Killed again at a
 * limit that was raised before is one, unless it dies while it starts: that one never fitted.
 */
export function leakShown(known: {
  found: Case
  sizing: Sizing | null
  earlier: readonly EarlierFix[]
}): string[] {
  const { found, sizing, earlier } = known
  const cause = found.causes.find(
    ({ code, confidence }) => code === 'leak' && confidence !== 'possible',
  )
  const growth = sizing?.growth ?? null
  return [
    ...(cause === undefined ? [] : [`It leaks: ${cause.summary}`]),
    ...(growth === null ? [] : growing(growth)),
    ...killedAgain(found, earlier),
  ]
}

/** As `stella size`, which gives no limit to either. */
function growing({ kind, diagnosis }: Growth): string[] {
  if (kind === 'leak' || diagnosis === 'leak') {
    return ['It leaks: its recording shows that it keeps growing.']
  }
  return diagnosis === 'suspected-leak'
    ? [
        'It grew steadily for one whole life: a second one that grows alike would make sure that it leaks.',
      ]
    : []
}

const LIMIT_VERDICTS: readonly string[] = [
  'oom-own-limit',
  'oom-ancestor-limit',
  'oom-nested-limit',
]

function killedAgain(
  { verdict, at, causes, binding }: Case,
  earlier: readonly EarlierFix[],
): string[] {
  if (!LIMIT_VERDICTS.includes(verdict.code)) return []
  if (
    causes.some(({ code, confidence }) => code === 'limit-too-low' && confidence !== 'possible')
  ) {
    return []
  }
  const raised = earlier.filter(
    ({ appliedAt, limitBytes }) =>
      at !== null && at > appliedAt && (binding.limitBytes ?? 0) >= limitBytes,
  )
  const last = raised.at(-1)
  return last === undefined
    ? []
    : [
        `It was killed again at ${formatBytes(binding.limitBytes ?? last.limitBytes)} after its limit had been raised (${last.id}): kills at rising limits are a leak until something else is shown.`,
      ]
}
