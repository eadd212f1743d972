/** What a run of a runbook would do, step by step, before it does anything. */
import { createHash } from 'node:crypto'
import type { Runbook, Step } from '../model/runbook.ts'
import { effectOfAll } from './commands/effect.ts'
import { filled, readWords } from './commands/words.ts'

export interface PlannedStep {
  step: Step
  /** With the values that are known; one command in each line. */
  run: string
  /** It makes something different. */
  changes: boolean
  /** Why it will not be run; null: it will. */
  refused: string | null
  undo: string | null
}

export interface Plan {
  steps: readonly PlannedStep[]
  /** Of all that the plan would do: an approval is one of this, and of no other. */
  hash: string
}

export function planOf(runbook: Runbook, values: ReadonlyMap<string, string>): Plan {
  const steps = runbook.steps.map((step) => planned(step, values))
  const told = steps.map(({ step, run, undo }) => [
    step.id,
    step.kind,
    run,
    undo,
    step.when,
    step.expect,
    // These decide which changes are made, and when one has helped.
    [step.problemIf, step.capture, step.since, step.retry, step.timeoutMs],
    [step.risk, step.approvals, step.branch],
  ])
  const hash = createHash('sha256')
    .update(JSON.stringify([runbook.id, told]))
    .digest('hex')
  return { steps, hash: `sha256:${hash}` }
}

function planned(step: Step, values: ReadonlyMap<string, string>): PlannedStep {
  return {
    step,
    run: step.run.map((command) => shown(command, values)).join('\n'),
    changes: step.kind === 'change',
    refused: refusalOf(step, values),
    undo: step.undo === null ? null : shown(step.undo, values),
  }
}

/** A step that says it only looks has to. */
function refusalOf({ kind, run }: Step, values: ReadonlyMap<string, string>): string | null {
  if (kind === 'manual' || kind === 'wait' || kind === 'ask') return null
  for (const command of run) {
    const read = readWords(command)
    if (!read.ok) return `${read.says}: write it without, or as a step for a person (kind=manual)`
    const effect = effectOfAll(read.pipeline.programs.map((words) => filled(words, values)))
    if (kind === 'change' || effect === 'looks') continue
    const what = effect === 'changes' ? 'changes something' : 'is not known to only look'
    return `${command.slice(0, 80)} ${what}, which only kind=change may do`
  }
  return null
}

/** As somebody would type it: a value stands for one word, whatever is in it. */
export function shown(command: string, values: ReadonlyMap<string, string>): string {
  return command.replaceAll(/\$\{([A-Za-z]\w*)\}/g, (all, name: string) => {
    const value = values.get(name)
    if (value === undefined) return all
    return /^[\w./:@=+-]+$/.test(value) ? value : `'${value.replaceAll("'", `'\\''`)}'`
  })
}
