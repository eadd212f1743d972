import fc from 'fast-check'
import { expect, test } from 'vitest'
import { fillRateAfter, PAUSE_DEFAULTS, pauseFor } from './pause.ts'

const MIB = 1024 * 1024
const bytes = fc.integer({ min: -1024 * MIB, max: 64 * 1024 * MIB })

test('three looks fit between now and the limit, were it filled as fast as can be', () => {
  expect(pauseFor(120 * MIB, PAUSE_DEFAULTS)).toBeCloseTo(100)
})

test('it never looks away longer than the room lasts, but for its shortest pause', () => {
  fc.assert(
    fc.property(bytes, (headroom) => {
      const pause = pauseFor(headroom, PAUSE_DEFAULTS)
      const untilFullMs = (Math.max(0, headroom) / PAUSE_DEFAULTS.fillRate) * 1_000
      expect(pause).toBeLessThanOrEqual(
        Math.max(PAUSE_DEFAULTS.shortestMs, Math.min(PAUSE_DEFAULTS.longestMs, untilFullMs)),
      )
      expect(pause).toBeGreaterThanOrEqual(PAUSE_DEFAULTS.shortestMs)
    }),
  )
})

test('the less room, the shorter the pause', () => {
  fc.assert(
    fc.property(bytes, bytes, (one, other) => {
      const [less, more] = one < other ? [one, other] : [other, one]
      expect(pauseFor(less, PAUSE_DEFAULTS)).toBeLessThanOrEqual(pauseFor(more, PAUSE_DEFAULTS))
    }),
  )
})

test('a rate that was seen counts, and is forgotten', () => {
  expect(fillRateAfter(0, 50 * MIB, 100)).toBe(500 * MIB)
  expect(fillRateAfter(500 * MIB, -20 * MIB, 100)).toBe(250 * MIB)
  expect(fillRateAfter(100, 50, 0)).toBe(50)
})
