import { useEffect, useState } from 'preact/hooks'
import { entries, runNews } from '../server/events.ts'
import { useStore } from '../shell/store.ts'

const SETTLE_MS = 120

/** Counts up when something happened in this run, or in any where none is named; a storm of steps makes no storm of questions. */
export function useRunNews(id: string | null): number {
  const [count, setCount] = useState(0)
  // Behind a word that something was missed, anything may be new.
  const missed = useStore(entries)
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined
    const leave = runNews.subscribe(() => {
      if (id !== null && runNews.get()?.run !== id) return
      timer ??= setTimeout(() => {
        timer = undefined
        setCount((before) => before + 1)
      }, SETTLE_MS)
    })
    return () => {
      clearTimeout(timer)
      leave()
    }
  }, [id])
  return count + missed
}
