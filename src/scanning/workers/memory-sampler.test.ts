import { expect, it } from 'vitest'
import type { AttemptMemory } from '../../model/scan-profile.ts'
import { sampleMemory } from './memory-sampler.ts'

interface Moment {
  usageBytes: number | null
  /** The high-water mark of the group; null: the kernel keeps none. */
  peakBytes: number | null
  isAlive?: boolean
}

/** What is known of an attempt with these moments: looked at when each phase begins, and at the end. */
function sampled(first: Moment, later: readonly Moment[]): AttemptMemory {
  let seen = first
  let now = 1_000
  const worker = {
    usageBytes: () => seen.usageBytes,
    peakBytes: () => seen.peakBytes,
    isAlive: () => seen.isAlive ?? true,
  }
  const sampler = sampleMemory(worker, () => now)
  const phases = ['read layers', 'join layers', 'write document'] as const
  for (const [at, moment] of later.entries()) {
    seen = moment
    now += 100
    const phase = phases[at]
    if (at < later.length - 1 && phase !== undefined) sampler.begin(phase)
  }
  return sampler.finish()
}

it('tells the peak of this job, where the same worker needed more for one before', () => {
  const { peakBytes } = sampled({ usageBytes: 80, peakBytes: 900 }, [
    { usageBytes: 300, peakBytes: 900 },
    { usageBytes: 100, peakBytes: 900 },
  ])
  expect(peakBytes).toBe(300)
})

it('tells a peak that came and went between two looks, with the phase that it belongs to', () => {
  const { peakBytes, phases } = sampled({ usageBytes: 80, peakBytes: 100 }, [
    { usageBytes: 90, peakBytes: 100 },
    { usageBytes: 120, peakBytes: 950 },
    { usageBytes: 110, peakBytes: 950 },
  ])
  expect(peakBytes).toBe(950)
  expect(phases.map((each) => [each.phase, each.peakBytes])).toEqual([
    ['open', 90],
    ['read layers', 950],
    ['join layers', 110],
  ])
})

it('does not take the emptiness after a kill for its memory', () => {
  const { samples } = sampled({ usageBytes: 80, peakBytes: 80 }, [
    { usageBytes: 700, peakBytes: 700 },
    { usageBytes: 3, peakBytes: 1_000, isAlive: false },
  ])
  expect(samples.map(({ usageBytes }) => usageBytes)).toEqual([80, 700, 1_000])
  const calm = sampled({ usageBytes: 80, peakBytes: 80 }, [
    { usageBytes: 3, peakBytes: 80, isAlive: false },
  ])
  expect(calm.samples.map(({ usageBytes }) => usageBytes)).toEqual([80])
})

it('knows nothing where nothing can be seen', () => {
  const nothing = { usageBytes: null, peakBytes: null }
  expect(sampled(nothing, [nothing])).toMatchObject({ peakBytes: null, samples: [] })
})
