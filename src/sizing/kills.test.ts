import { describe, expect, it } from 'vitest'
import {
  bindingOf,
  calm,
  NO_EVIDENCE,
  recording,
  sizeBy,
} from '../../test/support/sizing-evidence.ts'
import { GIB, MIB } from '../model/bytes.ts'

const DAY = 86_400
const NOW = NO_EVIDENCE.at

describe('kills', () => {
  const killed = (daysAgo: number, limitBytes: number) => ({
    at: NOW - daysAgo * DAY * 1_000,
    limitBytes,
    uptimeSeconds: null,
  })

  it('are a hard bound: the limit and a fifth, or and 100 MiB', () => {
    const small = sizeBy({ kills: [killed(1, 256 * MIB)] })
    expect(small).toMatchObject({ limitBytes: 368 * MIB, requestBytes: 368 * MIB, refused: false })
    const large = sizeBy({ kills: [killed(1, 2 * GIB)] })
    expect(large.limitBytes).toBe(2_464 * MIB)
    expect(bindingOf(large)).toBe('out-of-memory kill')
  })

  it('outweigh a calm week that needed less', () => {
    const sizing = sizeBy({ recordings: [calm(100 * MIB, 8)], kills: [killed(5, 300 * MIB)] })
    expect(sizing.limitBytes).toBe(400 * MIB)
    expect(sizing.requestBytes).toBe(400 * MIB)
  })

  it('expire after a quiet time, and with a change of the workload', () => {
    const week = [calm(100 * MIB, 8)]
    expect(sizeBy({ recordings: week, kills: [killed(15, 300 * MIB)] }).limitBytes).toBe(128 * MIB)
    const changed = sizeBy({
      recordings: week,
      kills: [killed(5, 300 * MIB)],
      changedAt: NOW - 4 * DAY * 1_000,
    })
    // Four days of it are known.
    expect(changed.limitBytes).toBe(160 * MIB)
    expect(changed.because.join()).toMatch(/count no more/)
  })

  it('count as long as one of them is recent', () => {
    const kills = [killed(30, 600 * MIB), killed(2, 300 * MIB)]
    expect(sizeBy({ recordings: [calm(100 * MIB, 8)], kills }).limitBytes).toBe(720 * MIB)
  })

  it('of a recording: the limit is what was too little, whatever the samples show', () => {
    const base = calm(100 * MIB, 2).group.samples.map((one) => ({ ...one, limitBytes: 192 * MIB }))
    const at = base[200]?.at ?? 0
    const sizing = sizeBy({ recordings: [recording(base, [{ at, kind: 'kill', says: 'killed' }])] })
    expect(sizing.limitBytes).toBe(304 * MIB)
  })

  it('of a recording are counted once, where a counter and a mark tell of the same moment', () => {
    const samples = calm(100 * MIB, 2).group.samples.map((one, index) => ({
      ...one,
      unreclaimableBytes: index === 199 ? 180 * MIB : index === 200 ? 20 * MIB : 100 * MIB,
      limitBytes: 192 * MIB,
      oomKills: index < 200 ? 0 : 1,
    }))
    const at = samples[200]?.at ?? 0
    const { because } = sizeBy({
      recordings: [recording(samples, [{ at, kind: 'kill', says: 'killed' }])],
    })
    expect(because.join()).toMatch(/1 kill for memory, at up to 192 MiB/)
  })

  it('at ever higher limits look like a leak', () => {
    const kills = [killed(3, 256 * MIB), killed(1, 512 * MIB)]
    expect(sizeBy({ kills }).because.join()).toMatch(/killed again after its limit was raised/)
  })
})
