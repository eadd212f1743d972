import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { GIB, KIB, MIB } from '../../model/bytes.ts'
import { forecastSnapshot, type SnapshotSetting } from './forecast.ts'

const LOAD = { pagesPerSecond: 0, seconds: 60, copiedPageBytes: 4 * KIB, lastCopiedBytes: null }
const IDLE: SnapshotSetting = {
  dataBytes: 5 * GIB,
  currentBytes: 5 * GIB,
  limitBytes: 6 * GIB,
  swapBytes: 0,
  hostAvailableBytes: null,
  pageTableBytes: null,
  bufferBytes: 0,
  load: LOAD,
  commitLeftBytes: null,
  mappedBytes: null,
  isRunning: false,
}
/** Bytes of pages that are written to in a minute, in GiB. */
function writing(gib: number): SnapshotSetting['load'] {
  return { ...LOAD, pagesPerSecond: (gib * GIB) / (4 * KIB) / 60 }
}

describe('a snapshot by fork', () => {
  it('goes without writers: it takes page tables and a little', () => {
    const made = forecastSnapshot(IDLE)
    expect(made).toMatchObject({ decision: 'go', reason: 'fits', fullAfterSeconds: null })
    expect(made.peak.mostBytes - 5 * GIB).toBe(11 * MIB)
    expect(forecastSnapshot({ ...IDLE, pageTableBytes: 3 * MIB }).forkBytes).toBe(4 * MIB)
  })

  it('goes where every write may hit another page', () => {
    const made = forecastSnapshot({ ...IDLE, load: writing(0.5) })
    expect(made).toMatchObject({ decision: 'go', reason: 'fits' })
  })

  it('is deferred where the expected peak is above the limit, and tells when it gets there', () => {
    const made = forecastSnapshot({ ...IDLE, load: writing(3) })
    expect(made).toMatchObject({ decision: 'defer', reason: 'over-limit' })
    expect(made.peak.expectedBytes).toBeGreaterThan(6 * GIB)
    expect(made.fullAfterSeconds).toBeGreaterThan(10)
    expect(made.fullAfterSeconds).toBeLessThan(60)
  })

  it('is deferred where it only fits if writes hit the same pages', () => {
    const made = forecastSnapshot({ ...IDLE, load: writing(1.05) })
    expect(made).toMatchObject({ decision: 'defer', reason: 'close', fullAfterSeconds: null })
  })

  it('is deferred where nothing tells the load and everything would not fit', () => {
    const load = { ...LOAD, pagesPerSecond: null }
    const made = forecastSnapshot({ ...IDLE, load })
    expect(made).toMatchObject({ decision: 'defer', reason: 'load-unknown' })
    expect(made.peak).toMatchObject({ expectedBytes: null, mostBytes: 10 * GIB + 11 * MIB })
    expect(forecastSnapshot({ ...IDLE, load, limitBytes: 11 * GIB }).decision).toBe('go')
  })

  it('goes with swap, and says that it is swap', () => {
    const load = writing(1.5)
    expect(forecastSnapshot({ ...IDLE, load, swapBytes: GIB })).toMatchObject({
      decision: 'go',
      reason: 'fits-with-swap',
      roomBytes: 7 * GIB,
    })
    expect(forecastSnapshot({ ...IDLE, swapBytes: GIB }).reason).toBe('fits')
  })

  it('counts the buffers that grow meanwhile', () => {
    const load = writing(0.9)
    expect(forecastSnapshot({ ...IDLE, load }).decision).toBe('go')
    expect(forecastSnapshot({ ...IDLE, load, bufferBytes: 256 * MIB }).decision).toBe('defer')
  })

  it('is deferred where the machine has less than the limit allows', () => {
    const host = { hostAvailableBytes: 512 * MIB, limitBytes: 20 * GIB }
    const made = forecastSnapshot({ ...IDLE, ...host, load: writing(3) })
    expect(made).toMatchObject({ decision: 'defer', reason: 'over-host' })
    expect(forecastSnapshot({ ...IDLE, ...host, limitBytes: null, load: writing(3) }).reason).toBe(
      'over-host',
    )
  })

  it('is deferred where the fork would be refused', () => {
    const left = { commitLeftBytes: 4 * GIB, limitBytes: 20 * GIB }
    expect(forecastSnapshot({ ...IDLE, ...left }).reason).toBe('fork-fails')
    expect(forecastSnapshot({ ...IDLE, ...left, commitLeftBytes: 6 * GIB }).decision).toBe('go')
    const mapped = { ...left, commitLeftBytes: 6 * GIB, mappedBytes: 7 * GIB }
    expect(forecastSnapshot({ ...IDLE, ...mapped }).reason).toBe('fork-may-fail')
  })

  it('is deferred while one is being written', () => {
    expect(forecastSnapshot({ ...IDLE, isRunning: true })).toMatchObject({
      decision: 'defer',
      reason: 'running',
    })
  })

  it('goes where nothing limits it', () => {
    expect(forecastSnapshot({ ...IDLE, limitBytes: null }).decision).toBe('go')
  })

  const settings = fc.record<SnapshotSetting>({
    dataBytes: fc.integer({ min: MIB, max: 2 ** 40 }),
    currentBytes: fc.integer({ min: 0, max: 2 ** 40 }),
    limitBytes: fc.integer({ min: MIB, max: 2 ** 41 }),
    swapBytes: fc.integer({ min: 0, max: 2 ** 38 }),
    hostAvailableBytes: fc.option(fc.integer({ min: 0, max: 2 ** 41 })),
    pageTableBytes: fc.option(fc.integer({ min: 0, max: 2 ** 32 })),
    bufferBytes: fc.integer({ min: 0, max: 2 ** 32 }),
    load: fc.record({
      pagesPerSecond: fc.option(fc.integer({ min: 0, max: 1e6 })),
      seconds: fc.option(fc.integer({ min: 1, max: 1e4 })),
      copiedPageBytes: fc.constantFrom(4 * KIB, 2 * MIB),
      lastCopiedBytes: fc.option(fc.integer({ min: 1, max: 2 ** 40 })),
    }),
    commitLeftBytes: fc.constant(null),
    mappedBytes: fc.constant(null),
    isRunning: fc.constant(false),
  })

  it('goes exactly where its peak at most fits, and never less often under a higher limit', () => {
    fc.assert(
      fc.property(settings, fc.integer({ min: 0, max: 2 ** 40 }), (setting, more) => {
        const made = forecastSnapshot(setting)
        expect(made.decision).toBe(made.peak.mostBytes <= (made.roomBytes ?? 0) ? 'go' : 'defer')
        const limitBytes = (setting.limitBytes ?? 0) + more
        const wider = forecastSnapshot({ ...setting, limitBytes })
        if (made.decision === 'go') expect(wider.decision).toBe('go')
      }),
    )
  })

  it('fits at the pace up to which it says that it does', () => {
    fc.assert(
      fc.property(settings, (setting) => {
        const made = forecastSnapshot(setting)
        const pace = made.fitsUpToBytesPerSecond ?? 0
        if (pace === 0) return
        // A page at least is touched, and pages are whole.
        const pagesPerSecond = Math.max(0, Math.floor(pace / (4 * KIB)) - 1)
        const load = { ...setting.load, pagesPerSecond, lastCopiedBytes: null }
        expect(forecastSnapshot({ ...setting, load }).decision).toBe('go')
      }),
    )
  })
})
