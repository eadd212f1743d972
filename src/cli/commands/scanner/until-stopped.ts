/** Signals of somebody who has seen enough. */
const SIGNALS = ['SIGINT', 'SIGTERM'] as const

/**
 * Does something until a signal comes, and is done with it then as with any other end. The listeners stay to the last: a screen that
 * gives the terminal back sends the signal on, which is to end nothing by then.
 */
export async function untilStopped(work: (stopped: AbortSignal) => Promise<void>): Promise<void> {
  const controller = new AbortController()
  const stop = (): void => controller.abort()
  for (const signal of SIGNALS) process.on(signal, stop)
  try {
    await work(controller.signal)
  } finally {
    for (const signal of SIGNALS) process.off(signal, stop)
  }
}

/** Waits for so long, or until it is stopped. */
export function pauseUntil(milliseconds: number, stopped: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const end = (): void => {
      clearTimeout(timer)
      stopped.removeEventListener('abort', end)
      resolve()
    }
    const timer = setTimeout(end, milliseconds)
    if (stopped.aborted) end()
    else stopped.addEventListener('abort', end)
  })
}
