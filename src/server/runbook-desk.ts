/** What can be asked of runbooks and their runs, as the room above answers it. */
import type { Runbook } from '../model/runbook.ts'
import type { RunbookRead } from '../runbooks/document/read-runbook.ts'
import type { Prevention } from '../runbooks/prevention.ts'
import type { RunDocument } from '../runbooks/report/run-document.ts'
import type { RunSummary } from '../runbooks/report/run-summary.ts'
import type { OutlivedWish } from '../runbooks/run/outlived.ts'
import type { SentAnswer } from '../runbooks/run/remote-person.ts'
import type { Who } from '../runbooks/run/who.ts'

/** Each throws a StellaError whose `refusal` says what is in the way. */
export interface RunbookDesk {
  /** Those on the shelf: no others are run from afar. */
  runbooks(): Promise<readonly ShelvedRunbook[]>
  /** By its id; null: it is not on the shelf. */
  runbook(id: string): RunbookRead | null
  /** Newest first. */
  runs(query: RunsAsked): Promise<readonly RunSummary[]>
  /** Null: there is none. */
  run(id: string): RunDocument | null
  /** Begins one, and gives its id as soon as it is written down. */
  begin(order: RunAsked): Promise<string>
  /** Goes on with it; from then on it goes by itself. */
  resume(id: string, order: ResumeAsked): Promise<void>
  /** Begins to take its changes back. */
  undo(id: string, order: UndoAsked): Promise<void>
  /** Interrupts one that this server works on; it waits then. A change that has begun comes to its end, unless it is stopped again. */
  stop(id: string, who: Who): void
  /** What of its prevention was done; null: it is not on the shelf. */
  prevention(id: string): Prevention | null
  /** Says of one point that it was done, or that it is open again. Null: it is not on the shelf. */
  markPrevention(id: string, mark: PreventionMarked): Promise<Prevention | null>
}

export interface ShelvedRunbook {
  runbook: Runbook
  /** When a run of it ended well, as a time in UTC. */
  lastSucceeded: string | null
}

export interface RunsAsked {
  limit: number
  runbook?: string | undefined
  case?: string | undefined
}

export interface RunAsked {
  /** Its id on the shelf. */
  runbook: string
  given: ReadonlyMap<string, string>
  onlyChecks: boolean
  deep: boolean
  who: Who
}

export interface PreventionMarked {
  /** Its number in the document, or its key. */
  item: string
  isDone: boolean
  by: string
  evidence: string | null
}

/** What somebody has sent to a run that waits. */
export interface ResumeAsked {
  /** They have seen this plan, and of another one nothing is done; where they say it. */
  ofPlan?: string | undefined
  /** The hash of the plan that is approved; null: of none. */
  plan: string | null
  /** Of its changes, only these; empty: all that the document does not leave to a choice. */
  steps: readonly string[]
  /** To all changes whose risk is low. */
  lowRisk: boolean
  answers: ReadonlyMap<string, SentAnswer>
  /** What is done where a change that was open when its stella ended still runs. */
  outlived: OutlivedWish
  given: ReadonlyMap<string, string>
  who: Who
}

export type UndoAsked = Pick<ResumeAsked, 'answers' | 'outlived' | 'who'>
