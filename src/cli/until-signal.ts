/** Somebody has seen enough, or their terminal is gone: what goes on ends in order. */

/** Ctrl-C, and what `kill` and a service manager send. */
const STOPPED = ['SIGINT', 'SIGTERM'] as const
/** The same, and a terminal that is closed. */
export const LEFT = [...STOPPED, 'SIGHUP'] as const

export interface SignalOptions {
  signals?: readonly NodeJS.Signals[]
  /**
   * What a second signal does: it `ends` the program as usual, or it `waits` as the first does. The latter is for what must not be left
   * half done, and for a screen, which sends the signal on once it has given the terminal back.
   */
  second?: 'ends' | 'waits'
  /** What the work is aborted with. */
  reason?: () => unknown
}

/**
 * Does something that may be asked to end.
 *
 * @param work gets what is aborted by the first signal
 * @throws what the work throws
 */
export async function untilSignal<Result>(
  work: (asked: AbortSignal) => Promise<Result>,
  { signals = STOPPED, second = 'ends', reason }: SignalOptions = {},
): Promise<Result> {
  const controller = new AbortController()
  const heard = (): void => {
    controller.abort(reason?.())
    if (second === 'ends') stopListening()
  }
  function stopListening(): void {
    for (const signal of signals) process.off(signal, heard)
  }
  for (const signal of signals) process.on(signal, heard)
  try {
    return await work(controller.signal)
  } finally {
    stopListening()
  }
}

/** Waits until it is aborted. */
export function aborted(asked: AbortSignal): Promise<void> {
  return pauseUntil(null, asked)
}

/** Waits for so long, or until it is aborted; `null`: for that alone. */
export function pauseUntil(milliseconds: number | null, asked: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = milliseconds === null ? undefined : setTimeout(end, milliseconds)
    function end(): void {
      clearTimeout(timer)
      asked.removeEventListener('abort', end)
      resolve()
    }
    if (asked.aborted) end()
    else asked.addEventListener('abort', end)
  })
}
