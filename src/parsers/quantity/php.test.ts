import fc from 'fast-check'
import { expect, it } from 'vitest'
import { readPhpSize } from './php.ts'

it.each([
  ['128M', 128 * 2 ** 20],
  ['1g', 2 ** 30],
  ['512k', 512 * 2 ** 10],
  ['134217728', 134_217_728],
  [' 64M ', 64 * 2 ** 20],
])('%j is %d bytes', (text, bytes) => {
  expect(readPhpSize(text)).toBe(bytes)
})

it.each(['-1', '', '128MB', '1.5G', 'M', '0x10', '999999999999999G', '1073741824G'])(
  '%j is no size',
  (text) => {
    expect(readPhpSize(text)).toBeNull()
  },
)

it('never throws, and answers with a whole number or nothing', () => {
  fc.assert(
    fc.property(fc.string(), (text) => {
      const bytes = readPhpSize(text)
      expect(bytes === null || Number.isSafeInteger(bytes)).toBe(true)
    }),
  )
})
