import { describe, expect, it } from 'vitest'
import {
  bindingOf,
  calm,
  NO_EVIDENCE,
  recording,
  sizeBy,
} from '../../test/support/sizing-evidence.ts'
import { GIB, MIB } from '../model/bytes.ts'
import type { Sample } from '../model/series.ts'

const DAY = 86_400
const NOW = NO_EVIDENCE.at

describe('kills', () => {
  const killed = (daysAgo: number, limitBytes: number) => ({
    at: NOW - daysAgo * DAY * 1_000,
    limitBytes,
    uptimeSeconds: null,
  })

  it('are a hard bound beside what was seen: the limit and a fifth, or and 100 MiB', () => {
    const recordings = [calm(100 * MIB, 8)]
    const small = sizeBy({ recordings, kills: [killed(1, 256 * MIB)] })
    expect(small).toMatchObject({ limitBytes: 368 * MIB, requestBytes: 368 * MIB, refused: false })
    const large = sizeBy({ recordings, kills: [killed(1, 2 * GIB)] })
    expect(large.limitBytes).toBe(2_464 * MIB)
    expect(bindingOf(large)).toBe('out-of-memory kill')
  })

  it('are all that is known: twice the limit is the first step, and 100 MiB more at least', () => {
    const small = sizeBy({ kills: [killed(1, 64 * MIB)] })
    expect(small).toMatchObject({ limitBytes: 176 * MIB, requestBytes: 176 * MIB, refused: false })
    const large = sizeBy({ kills: [killed(1, 2 * GIB)] })
    expect(large.limitBytes).toBe(4 * GIB)
    expect(bindingOf(large)).toBe('out-of-memory kill')
  })

  describe('of a runtime that was told how much heap it may fill', () => {
    const heap = { bytes: GIB, setBy: '-Xmx1g' }
    const kills = [killed(1, 256 * MIB)]

    it('lead to a limit that holds it', () => {
      const sizing = sizeBy({ kills, heap })
      expect(sizing.limitBytes).toBe(1_472 * MIB)
      expect(bindingOf(sizing)).toBe('runtime settings')
      expect(sizing.because.join()).toContain('-Xmx1g lets its heap grow to 1 GiB')
    })

    it('lead to the first step where it fits already', () => {
      const sizing = sizeBy({ kills, heap: { bytes: 200 * MIB, setBy: '-Xmx200m' } })
      expect(sizing.limitBytes).toBe(512 * MIB)
    })

    it('lead to the first step where the machine cannot hold it, and it is told', () => {
      const sizing = sizeBy({ kills, heap, hostBytes: GIB })
      expect(sizing.limitBytes).toBe(512 * MIB)
      expect(sizing.because.join()).toContain('which is more. Lower it with the limit')
    })

    it('are bounds as ever where enough was seen', () => {
      const sizing = sizeBy({ recordings: [calm(100 * MIB, 8)], kills, heap })
      expect(sizing.limitBytes).toBe(368 * MIB)
    })
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
    const recordings = [calm(100 * MIB, 8)]
    for (const kills of [
      [killed(30, 600 * MIB), killed(2, 300 * MIB)],
      [killed(30, 300 * MIB), killed(2, 600 * MIB)],
    ]) {
      const sizing = sizeBy({ recordings, kills })
      expect(sizing.limitBytes).toBe(720 * MIB)
      expect(sizing.because.join()).not.toMatch(/count no more/)
    }
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

  it.each<[string, number, Partial<Sample>, boolean, boolean]>([
    ['are known where a mark tells of them', 100, {}, true, true],
    ['are known where a counter tells of them', 100, { oomKills: 1 }, false, true],
    ['are known where it fell from the limit', 190, {}, false, true],
    ['are none where it fell from a little below the limit', 187, {}, false, false],
    ['are none where it fell from far below the limit', 120, {}, false, false],
  ])('of a recording %s', (_, before, after, isMarked, isKill) => {
    const samples = calm(100 * MIB, 2).group.samples.map((one, index) => ({
      ...one,
      unreclaimableBytes: (index < 199 ? 180 : index === 199 ? before : 20) * MIB,
      // Not each sample has a limit, and it is another afterwards.
      limitBytes: index === 198 ? null : index < 200 ? 192 * MIB : 512 * MIB,
      oomKills: 0,
      ...(index < 200 ? {} : after),
    }))
    const at = (samples[200]?.at ?? 0) - 1_000
    const marks = isMarked ? [{ at, kind: 'kill' as const, says: 'killed' }] : []
    const { bounds } = sizeBy({ recordings: [recording(samples, marks)] })
    const says = bounds.map((bound) => bound.says).join('\n')
    expect(says.includes('1 kill for memory, at up to 192 MiB')).toBe(isKill)
  })

  it('of a recording without a limit bound nothing', () => {
    const samples = calm(100 * MIB, 2).group.samples
    const at = samples[200]?.at ?? 0
    const sizing = sizeBy({ recordings: [recording(samples, [{ at, kind: 'kill', says: '' }])] })
    expect(sizing.bounds.map(({ name }) => name)).not.toContain('out-of-memory kill')
  })

  it.each([
    ['a mark', 0, 1],
    ['a mark', 60, 1],
    ['a mark', -60, 1],
    ['a mark', 61, 2],
    ['a mark', -61, 2],
    // The counter was read every ten minutes.
    ['a counter', 0, 1],
    ['a counter', -660, 1],
    ['a counter', 60, 1],
    ['a counter', -661, 2],
    ['a counter', 61, 2],
  ])('are counted once where %s and a case %i seconds from it tell of it', (by, seconds, count) => {
    const samples = calm(100 * MIB, 2).group.samples.map((one, index) => ({
      ...one,
      unreclaimableBytes: (index === 199 ? 180 : index === 200 ? 20 : 100) * MIB,
      limitBytes: 192 * MIB,
      ...(by === 'a counter' ? { oomKills: index < 200 ? 0 : 1 } : {}),
    }))
    const at = samples[200]?.at ?? 0
    const told = { at: at + seconds * 1_000, limitBytes: 192 * MIB, uptimeSeconds: null }
    const marks = by === 'a mark' ? [{ at, kind: 'kill' as const, says: 'killed' }] : []
    const recordings = [recording(samples, marks)]
    const because = sizeBy({ recordings, kills: [told] }).because.join()
    expect(/(\d) kills? for memory/.exec(because)?.[1]).toBe(String(count))
  })

  it.each([
    ['of two weeks ago', [killed(14, 300 * MIB)], true],
    ['of a second before', [killed(14 + 1 / DAY, 300 * MIB)], false],
    ['whose time nobody knows', [{ ...killed(0, 300 * MIB), at: null }], true],
    ['among older ones', [{ ...killed(0, 300 * MIB), at: null }, killed(40, 256 * MIB)], true],
  ])('%s count: %#', (_, kills, counts) => {
    const { limitBytes } = sizeBy({ recordings: [calm(100 * MIB, 8)], kills })
    expect(limitBytes).toBe(counts ? 400 * MIB : 128 * MIB)
  })

  it('of the moment of a change count for what came with it, and undated ones do', () => {
    const recordings = [calm(100 * MIB, 8)]
    const changedAt = NOW - 2 * DAY * 1_000
    for (const at of [changedAt, null]) {
      const kills = [{ ...killed(0, 300 * MIB), at }]
      expect(sizeBy({ recordings, kills, changedAt }).limitBytes, String(at)).toBe(400 * MIB)
    }
  })

  it.each([
    ['higher', [killed(3, 256 * MIB), killed(1, 512 * MIB)], true],
    ['higher, told in another order', [killed(1, 512 * MIB), killed(3, 256 * MIB)], true],
    ['higher in the end', [killed(5, 256 * MIB), killed(3, 256 * MIB), killed(1, GIB)], true],
    ['the same', [killed(3, 256 * MIB), killed(1, 256 * MIB)], false],
    ['lower', [killed(3, 512 * MIB), killed(1, 256 * MIB)], false],
    ['one', [killed(1, 256 * MIB)], false],
    ['lower in between', [killed(5, 512 * MIB), killed(3, GIB), killed(1, 256 * MIB)], false],
  ])('at limits that are %s', (_, kills, isLeakLike) => {
    const says = /killed again after its limit was raised/
    expect(says.test(sizeBy({ kills }).because.join())).toBe(isLeakLike)
    // What is watched and stays as it is does not leak.
    expect(sizeBy({ recordings: [calm(100 * MIB, 8)], kills }).because.join()).not.toMatch(says)
  })
})
