import type { CaseBill } from './case.ts'
import type { Subject } from './subject.ts'

/** How near a subject is to its limit: 80 % of it, 95 %, or at it. */
export const WARNING_LEVELS = ['warning', 'critical', 'over'] as const
export type WarningLevel = (typeof WARNING_LEVELS)[number]

/** What was said before anything died. */
export interface Warning {
  subject: Subject
  /** Its memory group; null where it has none, or none is known. */
  path: string | null
  level: WarningLevel
  /** One sentence a person can act on. */
  says: string
  /** What counts against the limit and cannot simply be given back. */
  usedBytes: number
  limitBytes: number
  /** Null: it does not grow. */
  secondsToLimit: number | null
  /** Where the memory was at that moment, so that a case after the kill can say what grew; null: not taken. */
  bill: CaseBill | null
}
