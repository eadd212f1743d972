import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { GIB, KIB, MIB } from '../../model/bytes.ts'
import { estimateCopies, secondsUntilCopied, type WriteLoad } from './copies.ts'

const IDLE: WriteLoad = {
  pagesPerSecond: null,
  seconds: null,
  copiedPageBytes: 4 * KIB,
  lastCopiedBytes: null,
}

describe('what is copied while parent and child share memory', () => {
  it('is nothing without writes', () => {
    expect(estimateCopies(GIB, { ...IDLE, pagesPerSecond: 0 })).toEqual({
      expectedBytes: 0,
      mostBytes: 0,
      basis: 'writes',
    })
  })

  it('is 63 % of all pages when each was written to once on average', () => {
    const once = { ...IDLE, pagesPerSecond: GIB / (4 * KIB) / 10, seconds: 10 }
    const { expectedBytes, mostBytes } = estimateCopies(GIB, once)
    expect((expectedBytes ?? 0) / GIB).toBeCloseTo(1 - 1 / Math.E, 6)
    expect(mostBytes).toBe(GIB)
  })

  // charge and writes of a real Redis 7.0: 57543 pages, 27956 and 59328 SETs of 1000 bytes at 1.3 pages each.
  it.each([
    [27_956 * 1.3, 27_193],
    [59_328 * 1.3, 42_083],
  ])('is what a real store copied: %d page writes, %d pages', (touched, copied) => {
    const load = { ...IDLE, pagesPerSecond: touched, seconds: 1 }
    const { expectedBytes } = estimateCopies(57_543 * 4 * KIB, load)
    expect((expectedBytes ?? 0) / (4 * KIB) / copied).toBeCloseTo(1, 1)
  })

  it('is a whole huge page for each, where the kernel copies those', () => {
    const load = { ...IDLE, pagesPerSecond: 10, seconds: 1 }
    expect(estimateCopies(GIB, load).mostBytes).toBe(40 * KIB)
    expect(estimateCopies(GIB, { ...load, copiedPageBytes: 2 * MIB }).mostBytes).toBe(20 * MIB)
  })

  it('is taken from the last snapshot where nothing else tells, and doubled to be sure', () => {
    expect(estimateCopies(GIB, { ...IDLE, lastCopiedBytes: 100 * MIB })).toEqual({
      expectedBytes: 100 * MIB,
      mostBytes: 200 * MIB,
      basis: 'last-snapshot',
    })
  })

  it('is the larger one of the two where both tell', () => {
    const load = { ...IDLE, pagesPerSecond: 256, seconds: 1, lastCopiedBytes: 100 * MIB }
    expect(estimateCopies(GIB, load)).toMatchObject({
      expectedBytes: 100 * MIB,
      mostBytes: 200 * MIB,
      basis: 'writes-and-last-snapshot',
    })
  })

  it('may be everything where nothing tells', () => {
    const everything = { expectedBytes: null, mostBytes: GIB, basis: 'nothing' }
    expect(estimateCopies(GIB, IDLE)).toEqual(everything)
    expect(estimateCopies(GIB, { ...IDLE, pagesPerSecond: 9 })).toEqual(everything)
    expect(estimateCopies(GIB, { ...IDLE, seconds: 9 })).toEqual(everything)
  })

  const loads = fc.record({
    pagesPerSecond: fc.double({ min: 0, max: 1e7, noNaN: true }),
    seconds: fc.double({ min: 0, max: 1e5, noNaN: true }),
    copiedPageBytes: fc.constantFrom(4 * KIB, 2 * MIB),
    lastCopiedBytes: fc.constant(null),
  })
  const sizes = fc.integer({ min: 4 * KIB, max: 2 ** 44 })

  it('is never more than the data, nor more than the writes, and grows with them', () => {
    fc.assert(
      fc.property(sizes, loads, (data, load) => {
        const { expectedBytes, mostBytes } = estimateCopies(data, load)
        expect(expectedBytes).toBeGreaterThanOrEqual(0)
        expect(expectedBytes).toBeLessThanOrEqual(mostBytes + 1)
        expect(mostBytes).toBeLessThanOrEqual(data)
        const longer = estimateCopies(data, { ...load, seconds: load.seconds * 2 })
        expect(longer.expectedBytes).toBeGreaterThanOrEqual(expectedBytes ?? 0)
        expect(longer.mostBytes).toBeGreaterThanOrEqual(mostBytes)
      }),
    )
  })

  it('reaches a size at the time that is told for it', () => {
    const share = fc.double({ min: 0.01, max: 0.99, noNaN: true })
    const rates = fc.integer({ min: 1, max: 1e6 })
    fc.assert(
      fc.property(fc.integer({ min: MIB, max: 2 ** 40 }), rates, share, (data, rate, part) => {
        const load = { ...IDLE, pagesPerSecond: rate }
        const seconds = secondsUntilCopied(data, load, data * part)
        const { expectedBytes } = estimateCopies(data, { ...load, seconds })
        expect((expectedBytes ?? 0) / data).toBeCloseTo(part, 4)
      }),
    )
  })
})

describe('the time until so much is copied', () => {
  const load = { ...IDLE, pagesPerSecond: 1_000 }

  it('is none where there is no room, and never where the child ends before', () => {
    expect(secondsUntilCopied(GIB, load, 0)).toBe(0)
    expect(secondsUntilCopied(GIB, load, -1)).toBe(0)
    expect(secondsUntilCopied(GIB, load, 100 * MIB)).toBeGreaterThan(25)
    expect(secondsUntilCopied(GIB, { ...load, seconds: 20 }, 100 * MIB)).toBeNull()
  })

  it('is never where nothing is written, or there is room for everything', () => {
    expect(secondsUntilCopied(GIB, { ...load, pagesPerSecond: 0 }, MIB)).toBeNull()
    expect(secondsUntilCopied(GIB, IDLE, MIB)).toBeNull()
    expect(secondsUntilCopied(GIB, load, GIB)).toBeNull()
  })
})
