import { expect, it } from 'vitest'
import type { AttemptMemory } from '../../model/scan-profile.ts'
import { sampleMemory } from './memory-sampler.ts'

interface Moment {
  usageBytes: number | null
  isAlive?: boolean
}

/** What is known of an attempt with these moments: looked at when each phase begins, and at the end. */
function sampled(
  [first = { usageBytes: null }, ...later]: readonly Moment[],
  killedAtBytes: number | null = null,
): AttemptMemory {
  let seen = first
  let now = 1_000
  const worker = { usageBytes: () => seen.usageBytes, isAlive: () => seen.isAlive ?? true }
  const sampler = sampleMemory(worker, () => now)
  const phases = ['read layers', 'join layers', 'write document'] as const
  for (const [at, moment] of later.entries()) {
    seen = moment
    now += 100
    const phase = phases[at]
    if (at < later.length - 1 && phase !== undefined) sampler.begin(phase)
  }
  return sampler.finish(killedAtBytes)
}

it('gives each peak to the phase in which it was', () => {
  const { peakBytes, phases } = sampled([
    { usageBytes: 80 },
    { usageBytes: 90 },
    { usageBytes: 950 },
    { usageBytes: 110 },
  ])
  expect(peakBytes).toBe(950)
  expect(phases.map((each) => [each.phase, each.peakBytes])).toEqual([
    ['open', 90],
    ['read layers', 950],
    ['join layers', 110],
  ])
})

it('comes to the limit where the kernel killed there, and not to the emptiness after it', () => {
  const killed = [{ usageBytes: 80 }, { usageBytes: 700 }, { usageBytes: 3, isAlive: false }]
  const { samples, peakBytes } = sampled(killed, 1_000)
  expect(samples.map(({ usageBytes }) => usageBytes)).toEqual([80, 700, 1_000])
  expect(peakBytes).toBe(1_000)
  expect(sampled(killed).samples.map(({ usageBytes }) => usageBytes)).toEqual([80, 700])
})

it('knows nothing where nothing can be seen', () => {
  const nothing = { usageBytes: null }
  expect(sampled([nothing, nothing])).toMatchObject({ peakBytes: null, samples: [] })
})
