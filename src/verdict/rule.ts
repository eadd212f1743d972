import type { Binding, Confidence, VerdictCode } from '../model/case.ts'
import type { Observation } from '../model/evidence.ts'
import type { Incident } from './incident.ts'
import { memoryRuledOutBy } from './reading.ts'

/** What a rule says to one incident. */
export type Answer = Holds | RuledOut | NotShown

export interface Holds {
  answer: 'holds'
  confidence: Confidence
  /** One sentence a person can act on. */
  summary: string
  mainProcessDied: boolean | null
  binding: Binding
  because: readonly Observation[]
  /** What speaks against it and was outweighed. */
  against: readonly Observation[]
}

export interface RuledOut {
  answer: 'ruled-out'
  because: readonly Observation[]
}

export interface NotShown {
  answer: 'not-shown'
}

/** One way a life can end, or a state it can be in. Rules are asked in order; the first that holds is the verdict. */
export interface Rule {
  id: string
  code: VerdictCode
  /** The question as it stands in the decision path. */
  question: string
  ask(incident: Incident): Answer
}

export const NOT_SHOWN: NotShown = { answer: 'not-shown' }

export function ruledOut(because: readonly Observation[]): RuledOut | NotShown {
  return because.length === 0 ? NOT_SHOWN : { answer: 'ruled-out', because }
}

export const NO_BINDING: Binding = {
  scope: 'none',
  path: null,
  limitBytes: null,
  usageBytes: null,
  hostAvailableBytes: null,
}

/** What a kernel rule says where it does not hold: the kernel's report names another reason, or its silence is known. */
export function kernelSaysOtherwise(incident: Incident): RuledOut | NotShown {
  return ruledOut(incident.reports.length > 0 ? incident.reports : memoryRuledOutBy(incident))
}
