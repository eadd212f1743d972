import { useEffect, useState } from 'preact/hooks'
import type * as z from 'zod/mini'
import { useStore } from '../shell/store.ts'
import { ask } from './client.ts'
import type { Answer } from './client.ts'
import { arrivals } from './events.ts'

export interface Asked<T> {
  /** The last answer to this very question; null: none came yet. */
  answer: Answer<T> | null
  isAsking: boolean
}

/**
 * Asks when it is drawn first, when the question changes, when `again` changes, and when the server comes back. While the server is
 * away, what it said last is still there.
 */
export function useAsk<Shape extends z.ZodMiniType>(
  path: string,
  shape: Shape,
  again: unknown = null,
): Asked<z.output<Shape>> {
  const [state, setState] = useState<{ path: string; answer: Answer<z.output<Shape>> } | null>(null)
  const [isAsking, setAsking] = useState(true)
  const arrival = useStore(arrivals)
  useEffect(() => {
    const stop = new AbortController()
    setAsking(true)
    void ask(path, shape, stop.signal).then((answer) => {
      if (stop.signal.aborted) return
      setAsking(false)
      setState((before) => {
        const hasOld = before?.path === path && before.answer.kind === 'ready'
        return answer.kind === 'away' && hasOld ? before : { path, answer }
      })
    })
    return () => stop.abort()
  }, [path, shape, again, arrival])
  return { answer: state?.path === path ? state.answer : null, isAsking }
}
