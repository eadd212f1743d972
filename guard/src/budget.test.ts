import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createBudget } from './budget.ts'
import type { Reservation } from './budget.ts'

test('work is let in until its bytes are promised, and again when it ends', () => {
  const budget = createBudget()
  budget.see(100, 400)
  const first = budget.reserve(60)
  expect(budget.reserve(60)).toEqual({ admitted: false, reason: 'pressure' })
  if (first.admitted) {
    first.release()
    first.release()
  }
  expect(budget.reservedBytes()).toBe(0)
  expect(budget.reserve(60).admitted).toBe(true)
})

test('what would never fit is told apart from what does not fit now', () => {
  const budget = createBudget()
  budget.see(100, 400)
  expect(budget.reserve(401)).toEqual({ admitted: false, reason: 'too-large' })
  expect(budget.reserve(400)).toEqual({ admitted: false, reason: 'pressure' })
})

test('promised bytes that were filled are not counted twice', () => {
  const budget = createBudget()
  budget.see(300, 400)
  budget.reserve(200)
  expect(budget.roomBytes()).toBe(100)
  budget.see(100, 400)
  expect(budget.roomBytes()).toBe(100)
})

test('what grew apart from promised work takes room from further work', () => {
  const budget = createBudget()
  budget.see(300, 400)
  budget.reserve(100)
  budget.see(100, 400)
  expect(budget.roomBytes()).toBe(100)
  budget.see(50, 400)
  expect(budget.roomBytes()).toBe(50)
})

test('above the ceiling not even work of no size is let in', () => {
  const budget = createBudget()
  budget.see(-1, 100)
  expect(budget.reserve(0)).toEqual({ admitted: false, reason: 'pressure' })
  expect(budget.roomBytes()).toBe(0)
})

test('before the first look nothing is let in', () => {
  expect(createBudget().reserve(1).admitted).toBe(false)
})

test('whatever comes and goes: what is promised fits below the ceiling at the moment in which it is promised', () => {
  const CEILING = 1_000
  const step = fc.oneof(
    fc.record({ kind: fc.constant('see' as const), free: fc.integer({ min: -200, max: CEILING }) }),
    fc.record({ kind: fc.constant('reserve' as const), bytes: fc.nat(CEILING * 2) }),
    fc.record({ kind: fc.constant('release' as const), which: fc.nat(10) }),
  )
  fc.assert(
    fc.property(fc.array(step, { maxLength: 50 }), (steps) => {
      const budget = createBudget()
      const held: Reservation[] = []
      let free = 0
      for (const one of steps) {
        if (one.kind === 'see') {
          free = one.free
          budget.see(free, CEILING)
        } else if (one.kind === 'reserve') {
          const answer = budget.reserve(one.bytes)
          if (answer.admitted) {
            held.push(answer)
            expect(one.bytes).toBeLessThanOrEqual(free)
            expect(budget.reservedBytes()).toBeLessThanOrEqual(CEILING)
          }
        } else held.splice(one.which, 1)[0]?.release()
        expect(budget.reservedBytes()).toBe(held.reduce((sum, { bytes }) => sum + bytes, 0))
        expect(budget.inFlight()).toBe(held.length)
      }
    }),
  )
})
