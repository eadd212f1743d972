import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { pressureRecord, subjectSeen, wish } from '../../../test/support/pressed.ts'
import { MIB } from '../../model/bytes.ts'
import type { PressureRecord } from '../journal.ts'
import type { PressurePlan } from '../plan.ts'
import { mostSteps, narrowed, nextLimit } from './bisect.ts'
import { planTightening } from './plan.ts'
import type { TightenWish } from './plan.ts'
import { tighten } from './tighten.ts'
import type { Tightened } from './tighten.ts'

const { pressure: _, ...usual } = wish()
const asked: TightenWish = { ...usual, precisionBytes: MIB }

describe('the search', () => {
  const page = fc.integer({ min: 1, max: 2 ** 22 }).map((pages) => pages * 4096)

  it('ends at what is needed, as exactly as was asked for, in no more steps than were said', () => {
    fc.assert(
      fc.property(page, page, page, page, (low, span, need, precision) => {
        let bracket = { failsBytes: low, passesBytes: low + span }
        const most = mostSteps(bracket, precision)
        const needed = low + (need % span) + 1
        let steps = 0
        for (;;) {
          const limit = nextLimit(bracket, precision)
          if (limit === null) break
          expect(limit % 4096).toBe(0)
          expect(limit).toBeGreaterThan(low)
          bracket = narrowed(bracket, limit, limit >= needed)
          steps++
        }
        expect(bracket.passesBytes).toBeGreaterThanOrEqual(needed)
        expect(bracket.passesBytes - needed).toBeLessThanOrEqual(precision)
        expect(steps).toBeLessThanOrEqual(most)
      }),
    )
  })
})

/** A workload that passes from so many bytes on. */
async function search(
  needed: number,
  ends: (plan: PressurePlan, limitBytes: number) => PressureRecord = (plan, limitBytes) =>
    pressureRecord(plan, { status: 'completed', deviated: limitBytes < needed }),
): Promise<Tightened & { waited: number }> {
  let waited = 0
  const answer = await tighten(planTightening(subjectSeen(), asked), asked, {
    see: async () => subjectSeen(),
    run: async (plan) => {
      const { pressure } = plan.experiment
      return ends(plan, pressure.kind === 'limit' ? pressure.limitBytes : 0)
    },
    wait: async () => void waited++,
    onStep: () => undefined,
    signal: new AbortController().signal,
  })
  return { ...answer, waited }
}

describe('tighten', () => {
  it('finds the smallest limit that passes, and tells every step', async () => {
    const { bracket, steps, isFound } = await search(70 * MIB)
    expect(isFound).toBe(true)
    expect(bracket.passesBytes).toBeGreaterThanOrEqual(70 * MIB)
    expect(bracket.passesBytes).toBeLessThanOrEqual(71 * MIB)
    expect(bracket.failsBytes).toBeLessThan(70 * MIB)
    expect(steps[0]).toEqual({
      limitBytes: 80 * MIB,
      outcome: 'passed',
      why: null,
      experiment: 'pressure-1',
    })
    expect(new Set(steps.map(({ outcome }) => outcome))).toEqual(new Set(['passed', 'failed']))
  })

  it('a workload that does not get well again ends it with what is known', async () => {
    let isBroken = false
    const { bracket, isFound, why, waited } = await search(0, (plan, limitBytes) => {
      if (isBroken) return pressureRecord(plan, { status: 'failed', deviated: false })
      isBroken = limitBytes < 60 * MIB
      return pressureRecord(plan, { status: 'completed', deviated: isBroken })
    })
    expect(isFound).toBe(false)
    expect(why).toContain('did not get well again')
    expect(waited).toBeGreaterThan(3)
    expect(bracket).toEqual({ failsBytes: 56 * MIB, passesBytes: 80 * MIB })
  })

  it.each(['aborted', 'interrupted'] as const)('%s decides nothing', async (status) => {
    const { bracket, isFound, steps } = await search(0, (plan) =>
      pressureRecord(plan, { status, deviated: false }),
    )
    expect(isFound).toBe(false)
    expect(steps).toHaveLength(1)
    expect(bracket.passesBytes).toBe(128 * MIB)
  })

  it('where a limit could not be put back, nothing more is tried', async () => {
    const { left, steps } = await search(0, (plan) =>
      pressureRecord(plan, { status: 'completed', deviated: false, left: true }),
    )
    expect({ left, steps: steps.length }).toEqual({ left: true, steps: 1 })
  })
})

describe('its plan', () => {
  it('looks between what it holds for good and its limit', () => {
    const plan = planTightening(subjectSeen(), { ...asked, precisionBytes: null })
    expect(plan.bracket).toEqual({ failsBytes: 32 * MIB, passesBytes: 128 * MIB })
    expect(plan).toMatchObject({ precisionBytes: 128 * MIB * 0.02, mostSteps: 6 })
  })

  it.each([
    [{ limitBytes: null, unlimited: true }, 'no limit to be tightened'],
    [{ limitBytes: 32.5 * MIB }, 'nothing to be found in between'],
    [{ stat: new Map() }, 'does not tell what it holds'],
  ])('%j is refused', (state, says) => {
    expect(() => planTightening(subjectSeen({ state }), asked)).toThrow(says)
  })
})
