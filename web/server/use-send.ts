import { useEffect, useRef, useState } from 'preact/hooks'
import type * as z from 'zod/mini'
import { send } from './client.ts'
import type { Answer } from './client.ts'

export interface Sending {
  isSending: boolean
  /** Why the last one was not done; null: it was, or there was none. */
  problem: Exclude<Answer<never>, { kind: 'ready' }> | null
  forget(): void
  /** Null: it was not done. */
  send<Shape extends z.ZodMiniType>(
    path: string,
    body: object,
    shape: Shape,
  ): Promise<z.output<Shape> | null>
}

/** Wants things to be done, one at a time. */
export function useSend(): Sending {
  const [isSending, setSending] = useState(false)
  const [problem, setProblem] = useState<Sending['problem']>(null)
  const isHere = useRef(true)
  useEffect(() => () => void (isHere.current = false), [])
  return {
    isSending,
    problem,
    forget: () => setProblem(null),
    async send(path, body, shape) {
      setSending(true)
      setProblem(null)
      const answer = await send(path, body, shape)
      if (isHere.current) {
        setSending(false)
        setProblem(answer.kind === 'ready' ? null : answer)
      }
      return answer.kind === 'ready' ? answer.value : null
    },
  }
}
