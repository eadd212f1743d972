import { useEffect, useState } from 'preact/hooks'

/** Counts up every so often for as long as somebody can see the page, and at once when they look again. */
export function useBeat(everyMs: number): number {
  const [beat, setBeat] = useState(0)
  useEffect(() => {
    let timer: ReturnType<typeof setInterval> | undefined
    const count = (): void => setBeat((before) => before + 1)
    function follow(): void {
      clearInterval(timer)
      if (!document.hidden) timer = setInterval(count, everyMs)
    }
    function onChange(): void {
      if (!document.hidden) count()
      follow()
    }
    follow()
    document.addEventListener('visibilitychange', onChange)
    return () => {
      clearInterval(timer)
      document.removeEventListener('visibilitychange', onChange)
    }
  }, [everyMs])
  return beat
}
