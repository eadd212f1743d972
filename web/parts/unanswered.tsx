import type { Answer } from '../server/client.ts'
import { capital } from '../words/capital.ts'
import { Notice } from './notice.tsx'

/** What stands there as long as there is no answer; `what` is what was asked for. */
export function Unanswered({ answer, what }: { answer: Answer<unknown> | null; what: string }) {
  if (answer === null) return <p class="waiting">Asking for {what} …</p>
  switch (answer.kind) {
    case 'ready':
      return null
    case 'away':
      return (
        <Notice title="The server does not answer" tone="bad">
          <p>It is asked again every few seconds; {what} will come as soon as it answers.</p>
        </Notice>
      )
    case 'token':
      return <p class="waiting">The server wants a token first.</p>
    case 'missing':
      return (
        <Notice title={`The server does not have ${what}`}>
          <p>It may be too old and dropped, or the address is not right.</p>
        </Notice>
      )
    case 'refused':
      return (
        <Notice title={capital(answer.error)} tone="bad">
          <p>What to do: {answer.todo}.</p>
        </Notice>
      )
  }
}
