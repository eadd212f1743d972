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
  /** Aborted where somebody wants to leave. */
  signal: AbortSignal
  /** Lets time pass, until somebody wants to leave. */
  pause(ms: number): Promise<void>
  /** Is told what was just written down. */
  told(event: RunEvent): void
  /** Null: nobody is there. */
  person: Person | null
}

/** Somebody at a terminal. `quit` leaves the run where it is. */
export interface Person {
  approves(planned: PlannedStep, why: string): Promise<'yes' | 'no' | 'quit'>
  /** For a step that a person does. */
  hasDone(planned: PlannedStep): Promise<'yes' | 'no' | 'quit'>
  /** Null: no value was given. */
  valueFor(planned: PlannedStep): Promise<string | null>
  /** It had begun when stella ended: `yes` runs it again, `no` takes it as done. */
  wantsAgain(planned: PlannedStep): Promise<'yes' | 'no' | 'quit'>
  wantsUndo(why: string, steps: readonly string[]): Promise<boolean>
}
