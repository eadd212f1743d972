import { figureOf } from '../figures.ts'
import type { Answer, View } from '../view.ts'

/** Below this share of its own limit nothing of its own can have been the reason. */
const OWN_SHARE = 0.85

/** Something was killed inside, and its own limit was not reached: a limit above it was, or the machine was full. */
export function neighbour({ stretches, limitBytes }: View): Answer | null {
  const samples = stretches.flatMap((stretch) => stretch.samples)
  const kills = samples.filter((sample, index) => {
    const before = samples[index - 1]
    if (before === undefined || !(figureOf(sample, 'oomKills') > figureOf(before, 'oomKills')))
      return false
    const ownLimit = limitBytes ?? Number.POSITIVE_INFINITY
    const used = figureOf(before, 'usageBytes')
    const hits = figureOf(sample, 'limitHits') - figureOf(before, 'limitHits')
    return hits === 0 && !(used >= OWN_SHARE * ownLimit)
  })
  if (kills.length === 0) return null
  return {
    kind: 'steady',
    diagnosis: 'neighbour',
    confidence: 0.8,
    because: [
      `${kills.length === 1 ? 'a process was' : `${kills.length} times a process was`} killed for want of memory while its own limit was not reached: something else filled a limit above it, or the machine`,
    ],
  }
}
