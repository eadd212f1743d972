import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { GIB, MIB } from '../../model/bytes.ts'
import { overcommit } from './overcommit.ts'

const NONE = { requests: [], reserveBytes: 0 }

describe('limits against a machine', () => {
  it('six containers of 2 GB on 8 GB are 150 %', () => {
    const limits = Array.from({ length: 6 }, () => 2 * GIB)
    expect(overcommit({ ...NONE, limits, hostBytes: 8 * GIB })).toEqual({
      limitBytes: 12 * GIB,
      withoutLimit: 0,
      unbounded: false,
      availableBytes: 8 * GIB,
      ratio: 1.5,
      requestBytes: null,
      requestRatio: null,
      missingBytes: 4 * GIB,
    })
  })

  it('512 MB, 1 GB and 2 GB together are 3.5 GB, and fit', () => {
    const limits = [512 * MIB, GIB, 2 * GIB]
    const answer = overcommit({ ...NONE, limits, hostBytes: 8 * GIB })
    expect(answer).toMatchObject({ limitBytes: 3.5 * GIB, ratio: 0.4375, missingBytes: 0 })
  })

  it('a container without a limit has no bound: it is not nothing', () => {
    const answer = overcommit({ ...NONE, limits: [512 * MIB, null, GIB], hostBytes: 8 * GIB })
    expect(answer).toMatchObject({
      limitBytes: 1.5 * GIB,
      unbounded: true,
      withoutLimit: 1,
      ratio: null,
      missingBytes: null,
    })
  })

  it('the system itself needs some, too', () => {
    const answer = overcommit({
      ...NONE,
      limits: [7 * GIB],
      hostBytes: 8 * GIB,
      reserveBytes: 2 * GIB,
    })
    expect(answer).toMatchObject({ availableBytes: 6 * GIB, missingBytes: GIB })
    expect(answer.ratio).toBeCloseTo(7 / 6)
  })

  it('requests count apart, and a missing one is none', () => {
    const requests = [GIB, null, 3 * GIB]
    const answer = overcommit({ ...NONE, limits: [], requests, hostBytes: 8 * GIB })
    expect(answer).toMatchObject({ requestBytes: 4 * GIB, requestRatio: 0.5, ratio: 0 })
  })

  it('nothing has a share of nothing', () => {
    const answer = overcommit({ ...NONE, limits: [GIB], hostBytes: GIB, reserveBytes: 2 * GIB })
    expect(answer).toMatchObject({ availableBytes: 0, ratio: null, missingBytes: GIB })
  })

  it('the order of containers does not matter, and more never make it less', () => {
    const limits = fc.array(fc.option(fc.integer({ min: 1, max: 2 ** 40 }), { nil: null }))
    fc.assert(
      fc.property(
        limits,
        fc.integer({ min: 1, max: 2 ** 40 }),
        fc.integer({ min: 1, max: 2 ** 42 }),
        (all, more, hostBytes) => {
          const answer = overcommit({ ...NONE, limits: all, hostBytes })
          expect(overcommit({ ...NONE, limits: all.toReversed(), hostBytes })).toEqual(answer)
          const grown = overcommit({ ...NONE, limits: [...all, more], hostBytes })
          expect(grown.limitBytes).toBe(answer.limitBytes + more)
          expect(grown.unbounded).toBe(answer.unbounded)
          if (answer.ratio !== null) expect(grown.ratio).toBeGreaterThan(answer.ratio)
          const unlimited = overcommit({ ...NONE, limits: [...all, null], hostBytes })
          expect(unlimited).toMatchObject({
            limitBytes: answer.limitBytes,
            ratio: null,
            unbounded: true,
          })
        },
      ),
    )
  })
})
