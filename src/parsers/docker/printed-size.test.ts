import { expect, it } from 'vitest'
import { printedSize, usageAndLimit } from './printed-size.ts'

it.each([
  ['0B', 0],
  ['600KiB', 614_400],
  ['64MiB', 67_108_864],
  ['1.5GiB', 1_610_612_736],
  ['1TiB', 2 ** 40],
  ['233.5kB', 233_500],
  ['1.2MB', 1_200_000],
  [' 1.944 GB ', 1_944_000_000],
])('%j, as docker and podman print it, is %d bytes', (text, bytes) => {
  expect(printedSize(text)).toBe(bytes)
})

it.each([
  '',
  '--',
  '64',
  '64M',
  'MiB',
  '1.5.5MiB',
  '-1MiB',
  'x 64MiB',
  '64MiB x',
  '1kiB',
  '1e3MiB',
])('%j is nothing that they print', (text) => {
  expect(printedSize(text)).toBeNull()
})

it('of a container that is gone two zeros are printed: nothing is known then', () => {
  expect(usageAndLimit('0B / 0B')).toEqual({ usageBytes: null, limitBytes: null })
  expect(usageAndLimit('-- / --')).toEqual({ usageBytes: null, limitBytes: null })
  expect(usageAndLimit('12MiB')).toEqual({ usageBytes: null, limitBytes: null })
  expect(usageAndLimit('')).toEqual({ usageBytes: null, limitBytes: null })
})

it('a limit is told even where the usage is not', () => {
  expect(usageAndLimit('-- / 64MiB')).toEqual({ usageBytes: null, limitBytes: 67_108_864 })
  expect(usageAndLimit('0B / 64MiB')).toEqual({ usageBytes: 0, limitBytes: 67_108_864 })
})
