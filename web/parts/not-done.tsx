import { printable } from '../../src/report/printable.ts'
import { capital } from '../words/capital.ts'
import type { Sending } from '../server/use-send.ts'

/** Why something was not done, in the words of the server. */
export function NotDone({ problem }: Pick<Sending, 'problem'>) {
  if (problem === null) return null
  return (
    <p class="problem" role="alert">
      {inWords(problem)}
    </p>
  )
}

function inWords(problem: NonNullable<Sending['problem']>): string {
  switch (problem.kind) {
    case 'away':
      return 'Not done: the server does not answer. Try it again when it is back.'
    case 'token':
      return 'Not done: the server wants a token first.'
    case 'missing':
      return 'Not done: the server does not have it any more.'
    case 'refused':
      return `${capital(printable(problem.error))}: ${printable(problem.todo)}.`
  }
}
