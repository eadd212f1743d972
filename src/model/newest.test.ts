import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { forgetOldest, keepNewest } from './newest.ts'

describe('keepNewest', () => {
  it('holds what was put last, and no more', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.integer({ min: 0, max: 9 }), fc.nat())),
        fc.integer({ min: 1, max: 5 }),
        (puts, most) => {
          const map = new Map<number, number>()
          for (const [key, value] of puts) keepNewest(map, key, value, most)
          // Read backwards, the first value of a key is its newest.
          const newest = new Map<number, number>()
          for (const [key, value] of puts.toReversed()) {
            if (!newest.has(key)) newest.set(key, value)
          }
          expect([...map].toReversed()).toEqual([...newest].slice(0, most))
        },
      ),
    )
  })
})

describe('forgetOldest', () => {
  it('leaves what came last', () => {
    const seen = new Set(['a', 'b', 'c'])
    forgetOldest(seen, 2)
    expect([...seen]).toEqual(['b', 'c'])
    forgetOldest(seen, 2)
    expect([...seen]).toEqual(['b', 'c'])
  })
})
