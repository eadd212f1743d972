/** What waits for a listener who is slow. */

export interface WaitingLine<Message> {
  /** @param replaces what nobody has taken yet of the same is old then */
  push(message: Message, replaces?: string): void
  /** @param patienceMs how long one is waited for */
  next(patienceMs: number): Promise<Message | 'nothing' | 'ended'>
  end(): void
}

/** What a slow listener has not taken yet; beyond it they have to ask again. */
const MAX_BEHIND = 256

/** @param missed stands for all that waited where it was too much */
export function waitingLine<Message extends object>(missed: Message): WaitingLine<Message> {
  let waiting: { message: Message; replaces: string | undefined }[] = []
  let wake: (() => void) | null = null
  let ended = false
  return {
    push(message, replaces) {
      if (replaces !== undefined) waiting = waiting.filter((each) => each.replaces !== replaces)
      waiting.push({ message, replaces })
      if (waiting.length > MAX_BEHIND) waiting = [{ message: missed, replaces: undefined }]
      wake?.()
    },
    end() {
      ended = true
      wake?.()
    },
    async next(patienceMs) {
      if (waiting.length === 0 && !ended) {
        const timer = setTimeout(() => wake?.(), patienceMs)
        await new Promise<void>((resolve) => {
          wake = resolve
        })
        clearTimeout(timer)
        wake = null
      }
      return ended ? 'ended' : (waiting.shift()?.message ?? 'nothing')
    },
  }
}
