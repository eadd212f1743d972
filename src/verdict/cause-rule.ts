import type { CauseCode, Confidence } from '../model/case.ts'
import type { Observation } from '../model/evidence.ts'
import type { Incident } from './incident.ts'

export interface CauseFinding {
  confidence: Confidence
  summary: string
  because: readonly Observation[]
}

/** One reason why memory grew. Causes are independent of who ended it; all that are found are told, strongest first. */
export interface CauseRule {
  code: CauseCode
  find(incident: Incident): CauseFinding | null
}
