/** What a test of a runbook says: what commands answer, who says yes, and what the run has to come to. */
import type { Value } from '../condition/condition.ts'
import type { Verdict } from '../run/event.ts'
import type { Programs } from '../run/commands.ts'
import type { ToldStep } from '../report/told-run.ts'

export interface RunbookTest {
  name: string
  /** Of the file, counted from 1. */
  line: number
  params: ReadonlyMap<string, string>
  onlyChecks: boolean
  deep: boolean
  approve: TestApproval
  /** Who begins the run, and who goes on with it where it waits, one after the other. */
  by: readonly [string, ...string[]]
  /** What somebody at a terminal says to a step; null: nobody is there. */
  person: ReadonlyMap<string, string> | null
  undo: 'on-failure' | 'afterwards' | null
  answers: Answers
  expected: Expected
}

/** As on the command line: `--approve HASH`, that with `--step`, `--yes`, or nothing. */
export type TestApproval =
  | { kind: 'plan'; steps: readonly string[] }
  | { kind: 'low-risk' }
  | { kind: 'nothing' }

/** Of all tests of a file, and of the one alone, which go before. */
export interface Answers {
  shared: readonly AnswersTo[]
  own: readonly AnswersTo[]
}

/** Used up one by one; the last one holds from then on. */
export interface AnswersTo {
  /** As it is written. */
  key: string
  line: number
  of: { kind: 'step'; step: string; isUndo: boolean } | { kind: 'command'; programs: Programs }
  answers: readonly [Answer, ...Answer[]]
}

export interface Answer {
  stdout: string
  /** What the first program of a pipe wrote; null: the same. */
  source: string | null
  stderr: string
  exit: number
  takesMs: number
  /** There is no such program. */
  isMissing: boolean
}

/** What is not asked for is null. */
export interface Expected {
  verdict: Judgement<Verdict> | null
  /** The step at which it waits. */
  waits: string | null
  states: ReadonlyMap<string, Judgement<ToldStep['state']>>
  captures: ReadonlyMap<string, Value>
  /** Run in this order; others may stand between. */
  ran: readonly Programs[] | null
  /** All that changed something, and nothing else, in this order. */
  changes: readonly Programs[] | null
  /** Steps that were taken back, and no others, in this order. */
  undone: readonly string[] | null
}

/** What it is, and words that its reason holds. */
export interface Judgement<Is> {
  is: Is
  because: string | null
}
