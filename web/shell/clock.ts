import { useEffect, useState } from 'preact/hooks'

/** The present, told again every so often: "3 minutes ago" must not stand there for an hour. */
export function useNow(everyMs: number): number {
  const [now, setNow] = useState(Date.now)
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), everyMs)
    return () => clearInterval(timer)
  }, [everyMs])
  return now
}
