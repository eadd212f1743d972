import fc from 'fast-check'
import { expect, it } from 'vitest'
import { readPostgresSize } from './postgres.ts'

it.each([
  ['128MB', 134_217_728],
  ['1GB', 1_073_741_824],
  ['16384', 134_217_728],
  ['1.5GB', 1_610_612_736],
  ['64kB', 65_536],
  ['1TB', 2 ** 40],
  ['65536B', 65_536],
  ['1.25GB', 1_342_177_280],
  ['128 MB', 134_217_728],
])('%s is %d bytes of shared_buffers', (text, bytes) => {
  expect(readPostgresSize(text, 8192)).toBe(bytes)
})

it.each(['128mb', '128Mi', '128M', '', '-1', 'KB', '128MB x', '1048576TB', '999999999999999TB'])(
  'PostgreSQL does not take %j',
  (text) => {
    expect(readPostgresSize(text, 8192)).toBeNull()
  },
)

it('never throws', () => {
  fc.assert(
    fc.property(fc.string(), (text) => {
      const bytes = readPostgresSize(text, 1024)
      expect(bytes === null || (Number.isInteger(bytes) && bytes >= 0)).toBe(true)
    }),
  )
})
