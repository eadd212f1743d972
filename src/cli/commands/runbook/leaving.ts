/** Whoever wants to leave a run: with Ctrl-C, with a signal, or because their terminal is gone. */
export interface Leaving {
  /** What only looks ends; a change comes to its end first. */
  soon: AbortSignal
  /** Asked for once more: a change ends as well. */
  now: AbortSignal
  /** Nobody listens any more. */
  close(): void
}

/**
 * Listens for SIGINT, SIGTERM and, at a terminal, SIGHUP. The third of the first two ends the program as usual.
 *
 * @param isAtTerminal `nohup` has this program not hear of its terminal, and there it has none
 * @param onSoon is called at the first of them
 */
export function listenForLeaving(isAtTerminal: boolean, onSoon: () => void): Leaving {
  const soon = new AbortController()
  const now = new AbortController()
  function leaveSoon(): void {
    if (soon.signal.aborted) return
    soon.abort()
    onSoon()
  }
  function leave(): void {
    if (!soon.signal.aborted) return leaveSoon()
    now.abort()
    stopListening()
  }
  function stopListening(): void {
    process.off('SIGINT', leave)
    process.off('SIGTERM', leave)
  }
  process.on('SIGINT', leave)
  process.on('SIGTERM', leave)
  // A connection that breaks is no reason to end a change in its midst.
  if (isAtTerminal) process.on('SIGHUP', leaveSoon)
  return {
    soon: soon.signal,
    now: now.signal,
    close() {
      stopListening()
      process.off('SIGHUP', leaveSoon)
    },
  }
}
