import { useEffect, useRef, useState } from 'preact/hooks'
import type * as z from 'zod/mini'
import { useStore } from '../shell/store.ts'
import { ask } from './client.ts'
import type { Answer } from './client.ts'
import { arrivals } from './events.ts'

export interface Asked<T> {
  /** The last answer to this very question; null: none came yet. */
  answer: Answer<T> | null
  isAsking: boolean
  /** The last answer to the question before, as long as there is none to this one. */
  before: Answer<T> | null
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
  const asked = useRef(0)
  const answered = useRef(0)
  useEffect(() => {
    const turn = ++asked.current
    setAsking(true)
    void ask(path, shape).then((answer) => {
      // A later question may have been answered before; an earlier answer is better than none until then.
      if (turn <= answered.current) return
      answered.current = turn
      if (turn === asked.current) setAsking(false)
      setState((before) => {
        const hasOld = before?.path === path && before.answer.kind === 'ready'
        return answer.kind === 'away' && hasOld ? before : { path, answer }
      })
    })
  }, [path, shape, again, arrival])
  useEffect(() => () => void (answered.current = Infinity), [])
  const isOwn = state?.path === path
  return {
    answer: isOwn ? state.answer : null,
    isAsking,
    before: isOwn ? null : (state?.answer ?? null),
  }
}
