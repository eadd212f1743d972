/** What waits for a listener who is slow. */
import { MIB } from '../model/bytes.ts'

export interface WaitingLine<Message> {
  /** @param replaces what nobody has taken yet of the same is old then */
  push(message: Message, replaces?: string): void
  /** @param patienceMs how long one is waited for */
  next(patienceMs: number): Promise<Message | 'nothing' | 'ended'>
  end(): void
}

/** What a slow listener has not taken yet; beyond it they have to ask again. */
const MAX_BEHIND = 256
const MAX_CHARACTERS_BEHIND = MIB

/**
 * @param missed stands for all that waited where it was too much
 * @param charactersOf a message, where some are large
 */
export function waitingLine<Message extends object>(
  missed: Message,
  charactersOf: (message: Message) => number = () => 0,
): WaitingLine<Message> {
  let waiting: { message: Message; replaces: string | undefined }[] = []

  function isTooMuch(): boolean {
    const characters = waiting.reduce((sum, { message }) => sum + charactersOf(message), 0)
    return waiting.length > MAX_BEHIND || characters > MAX_CHARACTERS_BEHIND
  }

  let wake: (() => void) | null = null
  let ended = false
  return {
    push(message, replaces) {
      if (replaces !== undefined) waiting = waiting.filter((each) => each.replaces !== replaces)
      waiting.push({ message, replaces })
      if (isTooMuch()) waiting = [{ message: missed, replaces: undefined }]
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
