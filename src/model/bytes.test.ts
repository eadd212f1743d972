import { describe, expect, it } from 'vitest'
import { formatBytes, GIB, KIB, limitOrNull, MIB } from './bytes.ts'

describe('a size for people', () => {
  it.each([
    [0, '0 B'],
    [1, '1 B'],
    [1_023, '1023 B'],
    [KIB, '1 KiB'],
    [1_536, '1.5 KiB'],
    [MIB, '1 MiB'],
    [33_554_432, '32 MiB'],
    [GIB, '1 GiB'],
    [2 ** 40, '1 TiB'],
    [2 ** 50, '1 PiB'],
    // There is no larger unit.
    [2 ** 60, '1024 PiB'],
    [-MIB, '-1 MiB'],
  ])('%d is %s', (bytes, text) => {
    expect(formatBytes(bytes)).toBe(text)
  })

  it.each([
    [1.256 * MIB, '1.26 MiB'],
    [9.99 * MIB, '9.99 MiB'],
    [10.26 * MIB, '10.3 MiB'],
    [99.9 * MIB, '99.9 MiB'],
    [100.4 * MIB, '100 MiB'],
    [117.7 * MIB, '118 MiB'],
    // No zero that says nothing, and none is taken away that says something.
    [10 * MIB + 1, '10 MiB'],
    [1.001 * MIB, '1 MiB'],
    [100 * MIB, '100 MiB'],
    [1_000 * MIB, '1000 MiB'],
  ])('%d has three digits that matter: %s', (bytes, text) => {
    expect(formatBytes(bytes)).toBe(text)
  })
})

it('a limit that no machine can reach is none', () => {
  expect(limitOrNull(2 ** 60)).toBeNull()
  // cgroup v1 with pages of 4 KiB.
  expect(limitOrNull(9_223_372_036_854_771_712)).toBeNull()
  expect(limitOrNull(2 ** 60 - 1_024)).toBe(2 ** 60 - 1_024)
  expect(limitOrNull(0)).toBe(0)
  expect(limitOrNull(null)).toBeNull()
})
