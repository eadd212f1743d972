import { describe, expect, it } from 'vitest'
import { MIB } from '../../model/bytes.ts'
import type { RegionSnapshot } from '../../model/series.ts'
import { growingRegion } from './regions.ts'

function snapshot(sizes: Readonly<Record<string, number>>, startedAt = 5): RegionSnapshot {
  const regions = Object.entries(sizes).map(([name, rssBytes]) => ({
    name,
    rssBytes: rssBytes * MIB,
    anonBytes: rssBytes * MIB,
    swapBytes: 0,
    mappings: 1,
  }))
  return { at: 0, pid: 7, startedAt, regions }
}

describe('the region that grows', () => {
  it('is the one that grew most', () => {
    const before = snapshot({ '[heap]': 10, '/lib/libc.so': 2, '[stack]': 1 })
    const after = snapshot({ '[heap]': 40, '/lib/libc.so': 2, '[stack]': 3 })
    expect(growingRegion(before, after)).toEqual({ name: '[heap]', grownBytes: 30 * MIB })
  })

  it('is found though its address changed', () => {
    const before = snapshot({ 'anonymous 7f20': 44, 'anonymous 7f90': 5 })
    const after = snapshot({ 'anonymous 7f10': 263, 'anonymous 7f90': 5 })
    expect(growingRegion(before, after)).toEqual({ name: 'anonymous', grownBytes: 219 * MIB })
  })

  it('is none where nothing grew, nor where the PID was used again', () => {
    const before = snapshot({ '[heap]': 10 })
    expect(growingRegion(before, snapshot({ '[heap]': 10 }))).toBeNull()
    expect(growingRegion(before, snapshot({ '[heap]': 90 }, 6))).toBeNull()
  })
})
