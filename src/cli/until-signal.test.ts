import { afterEach, describe, expect, it } from 'vitest'
import { aborted, LEFT, pauseUntil, untilSignal } from './until-signal.ts'

/** Listeners of whoever else runs in this process stay out of it. */
const before = new Map(LEFT.map((signal) => [signal, process.listenerCount(signal)]))

function listeners(): readonly number[] {
  return LEFT.map((signal) => process.listenerCount(signal) - (before.get(signal) ?? 0))
}

/** As a signal would be heard, by ours alone. */
function send(signal: (typeof LEFT)[number]): void {
  process.listeners(signal).at(-1)?.(signal)
}

afterEach(() => expect(listeners()).toEqual([0, 0, 0]))

describe('what may be asked to end', () => {
  it('is given back what it came to, and listens no more', async () => {
    expect(
      await untilSignal(async () => {
        expect(listeners()).toEqual([1, 1, 0])
        return 'done'
      }),
    ).toBe('done')
  })

  it('listens no more after a failure either', async () => {
    await expect(untilSignal(() => Promise.reject(new Error('broken')))).rejects.toThrow('broken')
  })

  it('ends in order at the first signal; the second ends the program as usual', async () => {
    await untilSignal(async (asked) => {
      setTimeout(() => send('SIGTERM'))
      await aborted(asked)
      expect(listeners()).toEqual([0, 0, 0])
    })
  })

  it('goes on in order where a second signal waits, too, and says why it ends', async () => {
    const options = { signals: LEFT, second: 'waits', reason: () => 'left' } as const
    await untilSignal(async (asked) => {
      setTimeout(() => send('SIGHUP'))
      await pauseUntil(60_000, asked)
      expect([asked.reason, listeners()]).toEqual(['left', [1, 1, 1]])
    }, options)
  })

  it('does not wait where it was asked already', async () => {
    await expect(pauseUntil(60_000, AbortSignal.abort())).resolves.toBeUndefined()
  })
})
