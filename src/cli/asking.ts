/** Whoever sits at the terminal, and is asked. */
import { Readable } from 'node:stream'
import type { CliIo } from './context.ts'

export type Choice = 'yes' | 'no' | 'quit'

export interface Asking {
  /** Who closes the input wants to leave. */
  whether(question: string): Promise<Choice>
  /** Null: nobody answers any more. */
  line(question: string): Promise<string | null>
  close(): Promise<void>
}

/** @param signal aborted where somebody wants to leave: the question is answered with it */
export function asking(io: CliIo, signal: AbortSignal = new AbortController().signal): Asking {
  const keys = io.stdin()
  const pieces = keys[Symbol.asyncIterator]()
  const left = new Promise<null>((resolve) => {
    signal.addEventListener('abort', () => resolve(null), { once: true })
  })
  let typed = ''

  async function line(question: string): Promise<string | null> {
    if (signal.aborted) return null
    io.err(question)
    while (!typed.includes('\n')) {
      const next = await Promise.race([pieces.next().catch(() => null), left])
      // The terminal is gone.
      if (next === null || next.done === true) return null
      typed += Buffer.from(next.value).toString()
    }
    const end = typed.indexOf('\n')
    const answer = typed.slice(0, end).trim()
    typed = typed.slice(end + 1)
    return answer
  }

  return {
    line,
    async whether(question) {
      for (;;) {
        const answer = await line(`${question} [y/n/q] `)
        if (answer === null || /^q(?:uit)?$/i.test(answer)) return 'quit'
        if (/^y(?:es)?$/i.test(answer)) return 'yes'
        if (/^no?$/i.test(answer)) return 'no'
      }
    },
    async close() {
      // Where a question was left unanswered, somebody still reads.
      if (keys instanceof Readable) keys.destroy()
      await pieces.return?.()
    },
  }
}
