import fc from 'fast-check'
import { expect, it } from 'vitest'
import { readRedisSize } from './redis.ts'

it.each([
  ['400mb', 419_430_400],
  ['400m', 400_000_000],
  ['1GB', 1_073_741_824],
  ['1g', 1_000_000_000],
  ['1k', 1_000],
  ['0', 0],
  ['64kb', 65_536],
  ['512b', 512],
])("%s is %d bytes in Redis's dialect", (text, bytes) => {
  expect(readRedisSize(text)).toBe(bytes)
})

it.each(['400Mi', '400mib', '1.5g', '', '-1', 'mb', '1073741824gb', '9999999999999999999'])(
  'Redis does not take %j',
  (text) => {
    expect(readRedisSize(text)).toBeNull()
  },
)

it('never throws', () => {
  fc.assert(
    fc.property(fc.string(), (text) => {
      const bytes = readRedisSize(text)
      expect(bytes === null || (Number.isInteger(bytes) && bytes >= 0)).toBe(true)
    }),
  )
})
