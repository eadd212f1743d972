/** Whoever sits at the terminal, and is asked. */
import { printable } from '../../../report/printable.ts'
import type { PlannedStep } from '../../../runbooks/plan.ts'
import type { Person } from '../../../runbooks/run/desk.ts'
import { asking } from '../../asking.ts'
import type { CliIo } from '../../context.ts'

export interface AtTerminal {
  person: Person
  close(): Promise<void>
}

/** @param signal aborted where somebody wants to leave: the question is answered with it */
export function atTerminal(io: CliIo, signal: AbortSignal): AtTerminal {
  const { line, whether, close } = asking(io, signal)
  return {
    person: {
      how: 'terminal',
      looksOn: true,
      approves: (planned, why) => {
        io.err(`${[...told(planned), `  ${printable(why)}`].join('\n')}\n`)
        return whether('Run it?')
      },
      hasDone: (planned) => {
        io.err(`${told(planned).join('\n')}\n`)
        return whether('It is for a person. Is it done?')
      },
      valueFor: async (planned) => {
        const answer = await line(`${printable(planned.step.title)} `)
        return answer === null || answer === '' ? 'none' : { value: answer }
      },
      wantsAgain: (planned) => {
        const why = '  It had begun when stella ended, and nobody knows what became of it.'
        io.err(`${[...told(planned), why].join('\n')}\n`)
        return whether('Run it again? (n: it was done)')
      },
      wantsUndo: async (why, steps) => {
        if (steps.length === 0) return false
        io.err(`${printable(why)}\n`)
        return (await whether(`Take back ${steps.join(', ')}?`)) === 'yes'
      },
    },
    close,
  }
}

function told({ step, run, undo }: PlannedStep): readonly string[] {
  return [
    '',
    `${step.kind} ${step.id}: ${printable(step.title.replaceAll('\n', ' '))}`,
    ...run
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => `  $ ${printable(line)}`),
    ...(step.kind === 'change'
      ? [`  risk: ${step.risk}; undo: ${printable(undo ?? 'none is known')}`]
      : []),
  ]
}
