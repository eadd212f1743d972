/** What a run needs of the world. */
import type { PlannedStep } from '../plan.ts'
import type { RunEvent } from './event.ts'
import type { RunPipeline } from './pipeline.ts'

export interface RunDesk {
  now(): number
  /** Who it is, and where. */
  by: string
  host: string
  run: RunPipeline
  /** What `stella` in a runbook stands for: this very program. */
  stella: readonly string[]
  env: Readonly<Record<string, string | undefined>>
  /** Aborted where somebody wants to leave: nothing more is begun, and what only looks is ended. */
  signal: AbortSignal
  /** Aborted where a change shall end as well; without it, that is when the other is. */
  endsChange?: AbortSignal
  /** Lets time pass, until somebody wants to leave. */
  pause(ms: number): Promise<void>
  /** Is told what was just written down, and of which run. */
  told(event: RunEvent, run: string): void
  /** Null: nobody is there. */
  person: Person | null
}

/** `quit` leaves the run where it is. */
export type Word = 'yes' | 'no' | 'quit'

/** Somebody who is asked: at a terminal, or by what they have sent. */
export interface Person {
  /** How it is written down where they approve something. */
  how: 'terminal' | 'http'
  /** They look on, and are asked before each step of a document that nobody has prepared. */
  looksOn: boolean
  approves(planned: PlannedStep, why: string): Promise<Word>
  /** For a step that a person does; `later`: nobody has answered yet. */
  hasDone(planned: PlannedStep): Promise<Word | 'later'>
  valueFor(planned: PlannedStep): Promise<{ value: string } | 'none' | 'later'>
  /** It had begun when stella ended: `yes` runs it again, `no` takes it as done. */
  wantsAgain(planned: PlannedStep): Promise<Word>
  wantsUndo(why: string, steps: readonly string[]): Promise<boolean>
}
