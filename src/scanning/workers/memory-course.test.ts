import fc from 'fast-check'
import { expect, it } from 'vitest'
import { MIB } from '../../model/bytes.ts'
import { SCAN_PHASES } from '../../model/scan-profile.ts'
import type { AttemptMemory } from '../../model/scan-profile.ts'
import { MOST_SAMPLES, openMemoryCourse } from './memory-course.ts'

type Step =
  | { kind: 'take'; afterMs: number; usageBytes: number }
  | { kind: 'begin'; afterMs: number; phase: (typeof SCAN_PHASES)[number] }

const afterMs = fc.oneof(fc.nat(60), fc.nat(5_000), fc.nat(3_600_000))
const steps: fc.Arbitrary<Step[]> = fc.array(
  fc.oneof(
    {
      weight: 9,
      arbitrary: fc.record({ kind: fc.constant('take'), afterMs, usageBytes: fc.nat() }),
    },
    fc.record({ kind: fc.constant('begin'), afterMs, phase: fc.constantFrom(...SCAN_PHASES) }),
  ),
  { maxLength: 600, size: 'max' },
)

interface Played extends AttemptMemory {
  taken: { atMs: number; usageBytes: number }[]
}

function played(all: readonly Step[]): Played {
  const course = openMemoryCourse()
  const taken: Played['taken'] = []
  let atMs = 0
  for (const step of all) {
    atMs += step.afterMs
    if (step.kind === 'begin') course.begin(step.phase, atMs)
    else {
      taken.push({ atMs, usageBytes: step.usageBytes })
      course.take(step.usageBytes, atMs)
    }
  }
  return { ...course.end(atMs), taken }
}

const highest = (all: readonly { usageBytes: number }[]): number | null =>
  all.length === 0 ? null : Math.max(...all.map(({ usageBytes }) => usageBytes))

it('keeps few samples, in their order, each as it was taken, and the highest of them', () => {
  fc.assert(
    fc.property(steps, (all) => {
      const { samples, taken, peakBytes } = played(all)
      expect(samples.length).toBeLessThanOrEqual(MOST_SAMPLES)
      for (const [at, { atMs }] of samples.entries()) {
        expect(atMs).toBeGreaterThanOrEqual(samples[at - 1]?.atMs ?? 0)
      }
      const given = new Set(taken.map(({ atMs, usageBytes }) => `${atMs} ${usageBytes}`))
      expect(samples.filter(({ atMs, usageBytes }) => !given.has(`${atMs} ${usageBytes}`))).toEqual(
        [],
      )
      expect(peakBytes).toBe(highest(taken))
      expect(highest(samples)).toBe(peakBytes)
    }),
  )
})

it('tells of each phase how long it was, and of all of them together no less than the whole', () => {
  fc.assert(
    fc.property(steps, (all) => {
      const { phases, peakBytes } = played(all)
      const wholeMs = all.reduce((sum, step) => sum + step.afterMs, 0)
      expect(phases.reduce((sum, { durationMs }) => sum + durationMs, 0)).toBe(wholeMs)
      for (const [at, { startMs, phase }] of phases.entries()) {
        const before = phases[at - 1]
        expect(startMs).toBe(before === undefined ? 0 : before.startMs + before.durationMs)
        expect(phase).not.toBe(before?.phase)
      }
      const peaks = phases.flatMap((each) => each.peakBytes ?? [])
      expect(peaks.length === 0 ? null : Math.max(...peaks)).toBe(peakBytes)
    }),
  )
})

it('keeps a peak of one moment through hours', () => {
  const course = openMemoryCourse()
  const hourMs = 3_600_000
  for (let atMs = 0; atMs < hourMs; atMs += 500) {
    course.take(atMs === 61_500 ? 900 * MIB : 100 * MIB, atMs)
  }
  const { samples, peakBytes } = course.end(hourMs)
  expect(peakBytes).toBe(900 * MIB)
  expect(samples.find(({ usageBytes }) => usageBytes === peakBytes)?.atMs).toBe(61_500)
  expect(samples.length).toBeGreaterThan(MOST_SAMPLES / 3)
})
