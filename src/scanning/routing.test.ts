import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { GIB, MIB } from '../model/bytes.ts'
import { routeOf } from './routing.ts'
import { rulesIn } from './rules.ts'

const SIZE = fc.integer({ min: 0, max: 64 * GIB })
const RULES = fc.record({
  largeImageThresholdBytes: fc.integer({ min: 1, max: 64 * GIB }),
  largeImagePool: fc.constantFrom('large-images', 'huge'),
  streamingThresholdBytes: SIZE,
})
/** Sizes where it may turn over, too. */
const AROUND = fc.integer({ min: -1, max: 1 })

describe('an image', () => {
  it('goes to the pool for large ones exactly from the threshold on', () => {
    fc.assert(
      fc.property(RULES, fc.oneof(SIZE, AROUND), (rules, draw) => {
        const size = Math.abs(draw) <= 1 ? rules.largeImageThresholdBytes + draw : draw
        const isLarge = size >= rules.largeImageThresholdBytes
        const { pool, note } = routeOf(size, rules)
        expect(pool).toBe(isLarge ? rules.largeImagePool : 'default')
        expect(note !== null).toBe(isLarge)
      }),
    )
  })

  it('is read as a stream exactly from the other threshold on, wherever it goes', () => {
    fc.assert(
      fc.property(RULES, fc.oneof(SIZE, AROUND), (rules, draw) => {
        const size = Math.abs(draw) <= 1 ? rules.streamingThresholdBytes + draw : draw
        const isStream = size >= rules.streamingThresholdBytes
        expect(routeOf(size, rules).mode).toBe(isStream ? 'streaming' : 'whole')
      }),
    )
  })

  it('goes where all go while no pool is set, and it is said why', () => {
    fc.assert(
      fc.property(RULES, SIZE, (rules, size) => {
        const { pool, note } = routeOf(size, { ...rules, largeImagePool: null })
        expect(pool).toBe('default')
        expect(note !== null).toBe(size >= rules.largeImageThresholdBytes)
      }),
    )
  })

  it('of unknown size goes where all go, and takes as little memory as a large one', () => {
    fc.assert(
      fc.property(RULES, (rules) => {
        expect(routeOf(null, rules)).toEqual({ pool: 'default', mode: 'streaming', note: null })
      }),
    )
  })

  it('of 3.2 GB is told where it goes and why', () => {
    const rules = rulesIn(new Map([['routing.large_image_pool', 'large-images']]))
    expect(routeOf(3_200_000_000, rules)).toEqual({
      pool: 'large-images',
      mode: 'streaming',
      note: '2.98 GiB goes to large-images: 2 GiB and more are large',
    })
    expect(routeOf(3_200_000_000, rulesIn(new Map()))).toEqual({
      pool: 'default',
      mode: 'streaming',
      note: '2.98 GiB is large (2 GiB and more), and routing.large_image_pool is not set',
    })
    expect(routeOf(80 * MIB, rules)).toEqual({ pool: 'default', mode: 'whole', note: null })
  })
})

it('routing goes by what is set, and by what is usual where that is refused', () => {
  const set = new Map([
    ['routing.large_image_threshold', '1500Mi'],
    ['routing.large_image_pool', 'large-images'],
    ['sbom.streaming_threshold', '1GB'],
  ])
  expect(rulesIn(set)).toEqual({
    largeImageThresholdBytes: 1500 * MIB,
    largeImagePool: 'large-images',
    streamingThresholdBytes: GIB,
  })
})
