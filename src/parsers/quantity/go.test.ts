import fc from 'fast-check'
import { expect, it } from 'vitest'
import { readGoSize } from './go.ts'

it.each([
  ['460MiB', 482_344_960],
  ['1GiB', 1_073_741_824],
  ['512', 512],
  ['512B', 512],
  ['1TiB', 2 ** 40],
  ['64KiB', 65_536],
])("%s is %d bytes in Go's dialect", (text, bytes) => {
  expect(readGoSize(text)).toBe(bytes)
})

it.each([
  '512Mi',
  '512M',
  '512mb',
  '1.5GiB',
  '-1',
  '',
  'off',
  '512mib',
  ' 1GiB',
  '9999999999999999TiB',
  // More than any machine has; GOMEMLIMIT is off by default with 2^63-1.
  '1048576TiB',
  '9223372036854775807',
])('Go does not take %j for a size', (text) => {
  expect(readGoSize(text)).toBeNull()
})

it('never throws', () => {
  fc.assert(
    fc.property(fc.string(), (text) => {
      const bytes = readGoSize(text)
      expect(bytes === null || (Number.isInteger(bytes) && bytes >= 0)).toBe(true)
    }),
  )
})
