import * as fc from 'fast-check'
import { expect, it } from 'vitest'
import { bindingLimit } from './binding.ts'
import type { LimitState } from './binding.ts'

const limit: fc.Arbitrary<LimitState> = fc.record({
  scope: fc.constantFrom('own', 'ancestor', 'host'),
  path: fc.constant('/a'),
  limitBytes: fc.nat(),
  usedBytes: fc.nat(),
  headroomBytes: fc.option(fc.nat()),
})

it('is the limit with the least room, of all on the way up', () => {
  fc.assert(
    fc.property(fc.array(limit, { minLength: 1 }), (limits) => {
      const binding = bindingLimit(limits)
      const room = (each: LimitState): number => each.headroomBytes ?? each.limitBytes
      expect(binding === null ? null : room(binding)).toBe(Math.min(...limits.map(room)))
    }),
  )
})

it('is the nearest of those with the same room', () => {
  const own: LimitState = {
    scope: 'own',
    path: '/a/b',
    limitBytes: 10,
    usedBytes: 4,
    headroomBytes: 6,
  }
  const above: LimitState = { ...own, scope: 'ancestor', path: '/a', limitBytes: 20 }
  expect(bindingLimit([own, above])).toBe(own)
})

it('is nothing where there is none', () => {
  expect(bindingLimit([])).toBeNull()
})
