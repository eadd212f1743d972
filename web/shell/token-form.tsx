import { useRef, useState } from 'preact/hooks'
import { login } from '../server/client.ts'
import { connect, connection } from '../server/events.ts'
import { useTitle } from './title.ts'
import { Heading } from './heading.tsx'

/** Stands in the place of every view until the server has its token. */
export function TokenForm() {
  const [problem, setProblem] = useState<string | null>(null)
  const [isSending, setSending] = useState(false)
  const field = useRef<HTMLInputElement>(null)
  useTitle('Token needed')

  async function send(event: Event): Promise<void> {
    event.preventDefault()
    setSending(true)
    const why = await login(field.current?.value.trim() ?? '')
    setSending(false)
    setProblem(why)
    if (why === null) {
      connection.set('connecting')
      connect()
    } else field.current?.focus()
  }

  return (
    <div class="narrow">
      <Heading>This server wants a token</Heading>
      <p class="lead">
        It listens beyond its own machine, so it tells nothing without one. The token is what{' '}
        <code>stella serve --token-file</code> was started with.
      </p>
      <form class="token" onSubmit={(event) => void send(event)}>
        <label for="token">Token</label>
        <input
          id="token"
          ref={field}
          type="password"
          autocomplete="current-password"
          required
          aria-invalid={problem !== null}
          aria-describedby={problem === null ? undefined : 'token-problem'}
        />
        <button type="submit" class="button primary" disabled={isSending}>
          Open
        </button>
        {problem === null ? null : (
          <p id="token-problem" class="problem" role="alert">
            Not opened: {problem}.
          </p>
        )}
      </form>
      <p class="faint">
        You can still <a href="/try">read a log in your browser</a>: that needs no server.
      </p>
    </div>
  )
}
