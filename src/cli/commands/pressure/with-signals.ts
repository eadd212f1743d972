/** Whatever asks for the end ends the experiment first; a terminal that goes away, too. */
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

export async function withSignals<Result>(
  work: (signal: AbortSignal) => Promise<Result>,
): Promise<Result> {
  const stop = new AbortController()
  const end = (): void => stop.abort()
  for (const name of SIGNALS) process.on(name, end)
  try {
    return await work(stop.signal)
  } finally {
    for (const name of SIGNALS) process.off(name, end)
  }
}
