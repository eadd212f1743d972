import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createByteLru } from './byte-lru.ts'

test('what was used last stays, what was used first goes', () => {
  const lru = createByteLru<string>(10, () => true)
  for (const key of ['a', 'b', 'c']) lru.set(key, key, 3)
  lru.get('a')
  lru.set('d', 'd', 3)
  expect([...lru.entries()].map(([key]) => key)).toEqual(['c', 'a', 'd'])
})

test('what may not go stays, and what does not fit beside it is not kept', () => {
  const lru = createByteLru<string>(10, (value) => value !== 'dear')
  lru.set('a', 'dear', 8)
  expect(lru.set('b', 'other', 5)).toBe(false)
  lru.resize(2)
  expect([lru.size, lru.bytes]).toEqual([1, 8])
})

test('what is too large for all of it leaves everything as it was', () => {
  const lru = createByteLru<string>(10, () => true)
  lru.set('a', 'old', 4)
  expect(lru.set('a', 'new', 11)).toBe(false)
  expect([lru.peek('a'), lru.bytes]).toEqual(['old', 4])
})

test('whatever happens: it counts what it holds, and holds no more than it may', () => {
  const step = fc.record({
    kind: fc.constantFrom('set', 'get', 'delete', 'resize'),
    key: fc.constantFrom('a', 'b', 'c', 'd', 'e'),
    bytes: fc.nat(120),
  })
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const lru = createByteLru<number>(100, () => true)
      let most = 100
      for (const { kind, key, bytes } of steps) {
        if (kind === 'set') lru.set(key, bytes, bytes)
        else if (kind === 'get') lru.get(key)
        else if (kind === 'delete') lru.delete(key)
        else lru.resize((most = bytes))
        const sum = [...lru.entries()].reduce((all, [, value]) => all + value, 0)
        expect(lru.bytes).toBe(sum)
        expect(lru.bytes).toBeLessThanOrEqual(most)
      }
    }),
  )
})
