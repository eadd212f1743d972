import { sayBytes } from '../says.ts'
import type { Stretch } from '../stretch.ts'
import type { Answer, View } from '../view.ts'

/** A life was near its limit when it was killed: otherwise it was a burst, or a limit above. */
const NEAR = 0.7

/** It filled a limit and was killed, was given more, and filled that as well: what has enough some day stops. */
export function raisedInVain({ stretches }: Pick<View, 'stretches'>): Answer | null {
  const limits = killedFull(stretches).map(({ limitBytes }) => limitBytes ?? 0)
  const raised = limits.filter((limit, index) => index > 0 && limit > (limits[index - 1] ?? limit))
  if (raised.length === 0) return null
  return {
    kind: 'unknown',
    diagnosis: 'suspected-leak',
    confidence: 0.4,
    because: [
      `it was killed at ${limits.map(sayBytes).join(', then at ')}: it filled each limit that it was given`,
    ],
    missing: ['samples of one whole life, to see how it grows'],
  }
}

/** It is killed again and again so soon that there is no trend to be seen. */
export function crashLoop({ stretches }: Pick<View, 'stretches'>): Answer | null {
  const killed = killedFull(stretches)
  if (killed.length < 2) return null
  return {
    kind: 'warm-up',
    diagnosis: 'undersized',
    confidence: 0.4,
    because: [`it was killed ${killed.length} times at its limit, soon after its start`],
    missing: ['more samples of each life: what leaks fast looks the same'],
  }
}

function killedFull(stretches: readonly Stretch[]): readonly Stretch[] {
  return stretches.filter(({ endsWith, values, limitBytes }) => {
    const last = Math.max(...values.slice(-2).filter((value) => Number.isFinite(value)))
    return endsWith === 'kill' && limitBytes !== null && last >= NEAR * limitBytes
  })
}
