/** Whoever sits at the terminal, and is asked. */
import { printable } from '../../../report/printable.ts'
import type { PlannedStep } from '../../../runbooks/plan.ts'
import type { Person } from '../../../runbooks/run/desk.ts'
import type { CliIo } from '../../context.ts'

export interface AtTerminal {
  person: Person
  close(): Promise<void>
}

/** @param signal aborted where somebody wants to leave: the question is answered with it */
export function atTerminal(io: CliIo, signal: AbortSignal): AtTerminal {
  const pieces = io.stdin()[Symbol.asyncIterator]()
  const left = new Promise<null>((resolve) => {
    signal.addEventListener('abort', () => resolve(null), { once: true })
  })
  let typed = ''
  /** Null: nobody answers any more. */
  async function line(question: string): Promise<string | null> {
    io.err(question)
    while (!typed.includes('\n')) {
      const next = await Promise.race([pieces.next(), left])
      if (next === null || next.done === true) return null
      typed += Buffer.from(next.value).toString()
    }
    const end = typed.indexOf('\n')
    const answer = typed.slice(0, end).trim()
    typed = typed.slice(end + 1)
    return answer
  }
  async function choice(question: string): Promise<'yes' | 'no' | 'quit'> {
    for (;;) {
      const answer = await line(`${question} [y/n/q] `)
      if (answer === null || /^q(?:uit)?$/i.test(answer)) return 'quit'
      if (/^y(?:es)?$/i.test(answer)) return 'yes'
      if (/^no?$/i.test(answer)) return 'no'
    }
  }
  return {
    person: {
      approves: (planned, why) => {
        io.err(`${[...told(planned), `  ${printable(why)}`].join('\n')}\n`)
        return choice('Run it?')
      },
      hasDone: (planned) => {
        io.err(`${told(planned).join('\n')}\n`)
        return choice('It is for a person. Is it done?')
      },
      valueFor: async (planned) => {
        const answer = await line(`${printable(planned.step.title)} `)
        return answer === '' ? null : answer
      },
      wantsAgain: (planned) => {
        const why = '  It had begun when stella ended, and nobody knows what became of it.'
        io.err(`${[...told(planned), why].join('\n')}\n`)
        return choice('Run it again? (n: it was done)')
      },
      wantsUndo: async (why, steps) => {
        if (steps.length === 0) return false
        io.err(`${printable(why)}\n`)
        return (await choice(`Take back ${steps.join(', ')}?`)) === 'yes'
      },
    },
    async close() {
      await pieces.return?.()
    },
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
