import { useId } from 'preact/hooks'
import { PARAM_WORDS } from '../../src/model/runbook.ts'
import { printable } from '../../src/report/printable.ts'
import type { Refusal } from '../server/client.ts'
import { capital } from '../words/capital.ts'
import type { ParamDocument } from './documents.ts'

interface ParamFieldProps {
  param: ParamDocument
  value: string
  /** What is wrong with the value; null: nothing is known. */
  problem: Refusal | null
  onTyped(value: string): void
}

/** A parameter of a runbook: what is asked for, and what its type takes. */
export function ParamField({ param, value, problem, onTyped }: ParamFieldProps) {
  const { name, type, asks, usual } = param
  const id = useId()
  return (
    <div class="field param">
      <label for={id}>{capital(printable(asks))}</label>
      <input
        id={id}
        name={name}
        value={value}
        maxLength={500}
        autocomplete="off"
        spellcheck={false}
        aria-invalid={problem !== null}
        aria-describedby={`${id}-says`}
        onInput={(event) => onTyped(event.currentTarget.value)}
      />
      <p id={`${id}-says`} class={problem === null ? 'note' : 'note problem'} aria-live="polite">
        {problem === null
          ? `${PARAM_WORDS[type]}${usual === null ? '' : `; usually ${printable(usual)}`}`
          : `${printable(problem.error)}: ${printable(problem.todo)}`}
      </p>
    </div>
  )
}
