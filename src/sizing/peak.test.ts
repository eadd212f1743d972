import { describe, expect, it } from 'vitest'
import { NO_EVIDENCE, recording, sizeBy } from '../../test/support/sizing-evidence.ts'
import { MIB } from '../model/bytes.ts'
import { NO_SAMPLE, type Sample } from '../model/series.ts'
import type { SizingEvidence } from '../model/sizing.ts'

const NOW = NO_EVIDENCE.at
/** Of 300 MiB, 200 MiB are page cache. */
const NOW_HELD: Sample = {
  ...NO_SAMPLE,
  at: NOW,
  usageBytes: 300 * MIB,
  unreclaimableBytes: 100 * MIB,
  anonBytes: 90 * MIB,
  limitBytes: 1_024 * MIB,
}

/** What the mark comes to, in MiB, as people are told; null where it tells nothing. */
function markOf(
  samples: readonly (Partial<Sample> & { peakMib?: number })[],
  evidence: Partial<SizingEvidence> = {},
): number | null {
  const held = samples.map(({ peakMib, ...more }, index) => ({
    ...NOW_HELD,
    at: NOW - (samples.length - 1 - index) * 60_000,
    ...(peakMib === undefined ? {} : { peakBytes: peakMib * MIB }),
    ...more,
  }))
  // Enough samples to size by; they needed less than any mark here.
  const before = Array.from({ length: 12 }, (_, index) => ({
    ...NOW_HELD,
    at: NOW - (60 - index) * 60_000,
    unreclaimableBytes: 10 * MIB,
  }))
  const { because } = sizeBy({ recordings: [recording([...before, ...held])], ...evidence })
  const told = /high-water mark comes to (\d+) MiB/.exec(because.join('\n'))
  return told === null ? null : Number(told[1])
}

describe('a high-water mark of the kernel', () => {
  it.each([
    ['stood at it, so the page cache of then is that of now', 300, 100],
    ['stood within a twentieth of it', 315, 115],
    ['is far below it: page cache in it is not known', 400, 400],
  ])('that was set before anybody watched: the group %s', (_, peakMib, need) => {
    expect(markOf([{ peakMib }])).toBe(need > 100 ? need : null)
  })

  it.each([
    ['the page cache of now', { processPeakBytes: 90 * MIB }, 200],
    ['what its processes had at most, where that is more', { processPeakBytes: 250 * MIB }, 260],
    ['nothing, where that is more than the mark', { processPeakBytes: 500 * MIB }, 400],
  ])('far above is bounded by %s', (_, evidence, need) => {
    expect(markOf([{ peakMib: 400 }], { unreclaimableBytes: 100 * MIB, ...evidence })).toBe(need)
  })

  it.each([
    ['what is resident is not known', { unreclaimableBytes: null }, {}],
    ['what the kernel holds is not known', {}, { anonBytes: null }],
    ['page cache is not known', {}, { usageBytes: null }],
  ])('is taken as it is where %s', (_, evidence, sample) => {
    const known = { processPeakBytes: 90 * MIB, unreclaimableBytes: 100 * MIB }
    expect(markOf([{ peakMib: 400, ...sample }], { ...known, ...evidence })).toBe(400)
  })

  it('that rises while it is watched has the least page cache around that time in it', () => {
    const before = { peakMib: 210, usageBytes: 200 * MIB, unreclaimableBytes: 50 * MIB }
    const after = { peakMib: 500, usageBytes: 400 * MIB, unreclaimableBytes: 60 * MIB }
    // 150 MiB of page cache before it, 340 MiB after it.
    expect(markOf([before, after])).toBe(350)
    // Another 120 MiB were taken while the first sample was read: usage does not hold them yet, what it is made of does.
    const growing = { ...before, unreclaimableBytes: 170 * MIB, fileBytes: 150 * MIB }
    expect(markOf([growing, after])).toBe(350)
    expect(
      markOf([before, { ...after, usageBytes: 499 * MIB, unreclaimableBytes: 159 * MIB }]),
    ).toBe(
      // 499 MiB stood at 500 MiB.
      160,
    )
  })

  it('that stands as before tells nothing new, and one that falls is of another life', () => {
    expect(markOf([{ peakMib: 305 }, { peakMib: 305, usageBytes: 120 * MIB }])).toBe(105)
    expect(markOf([{ peakMib: 305 }, { peakMib: 250, usageBytes: 100 * MIB }])).toBe(250)
  })

  it.each([
    [980, null],
    [979, 979],
  ])('of %i of 1000 MiB was stopped by the limit: %j', (peakMib, need) => {
    const limitBytes = 1_000 * MIB
    expect(markOf([{ peakMib, limitBytes }])).toBe(need)
    // Where the sample does not tell the limit, the container does.
    expect(markOf([{ peakMib, limitBytes: null }], { limitBytes })).toBe(need)
    // Where it rose to the limit while it was watched.
    expect(
      markOf([
        { peakMib: 305, limitBytes },
        { peakMib, limitBytes },
      ]),
    ).toBe(need === null ? 105 : 779)
  })

  it('at the limit is what living processes had at most, as long as that is less', () => {
    const known = { unreclaimableBytes: 100 * MIB }
    const limitBytes = 400 * MIB
    const processes = (mib: number) => ({ ...known, processPeakBytes: mib * MIB })
    expect(markOf([{ peakMib: 400, limitBytes }], processes(250))).toBe(260)
    expect(markOf([{ peakMib: 400, limitBytes }], processes(390))).toBeNull()
  })

  it.each([
    [0, /as page cache fills what is free/],
    [1, /where the kernel killed in it/],
  ])('at the limit is not called page cache after %i kills', (oomKills, says) => {
    const limitBytes = 400 * MIB
    const sample = { ...NOW_HELD, peakBytes: limitBytes, limitBytes, oomKills }
    const known = { unreclaimableBytes: 100 * MIB, processPeakBytes: 250 * MIB }
    const { because, unknown } = sizeBy({ recordings: [recording([sample])], ...known })
    expect([...because, ...unknown].join('\n')).toMatch(says)
  })
})
