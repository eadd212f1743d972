import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createReportBatches } from './report-batches.ts'
import { toldBy } from './told-kills.ts'
import type { KmsgText } from '../../sources/kernel/follow-kmsg.ts'

const CLOCK = { bootId: '12345678-0000', epoch: 0, readAt: 0 }

/** Several real reports with hostile names, as /dev/kmsg gave them. */
const RECORDED: readonly KmsgText[] = readFileSync(
  new URL('../../../fixtures/kernel-log/hostile-names.kmsg.txt', import.meta.url),
  'utf8',
)
  .split(/(?<=\n)(?=\d+,\d+,\d+,)/)
  .map((text) => ({ text, sequence: Number(text.split(',')[1]) }))

/** Cuts a list into pieces of these lengths. */
function pieces<T>(list: readonly T[], lengths: readonly number[]): T[][] {
  const cut: T[][] = []
  let at = 0
  for (const length of lengths) {
    cut.push(list.slice(at, at + length))
    at += length
  }
  cut.push(list.slice(at))
  return cut
}

function kills(batches: readonly (readonly KmsgText[])[]): string[] {
  return batches
    .flatMap((batch) => toldBy(batch, CLOCK).reports)
    .flatMap(({ key, report }) => report.fact.kills.map(({ pid, name }) => `${key} ${pid} ${name}`))
}

const WHOLE = kills([RECORDED])

describe('the kernel log in pieces', () => {
  it('tells the same kills with the same keys, wherever the reading is interrupted', () => {
    expect(WHOLE.length).toBeGreaterThan(3)
    fc.assert(
      fc.property(
        fc.array(fc.record({ length: fc.nat(120), ms: fc.integer({ min: 1, max: 40 }) }), {
          maxLength: 60,
        }),
        (steps) => {
          const batches = createReportBatches()
          const found: (readonly KmsgText[])[] = []
          let now = 0
          const parts = pieces(
            RECORDED,
            steps.map(({ length }) => length),
          )
          for (const [at, part] of parts.entries()) {
            // The reader asks again at once after something came, so a report is never cut by an empty look alone.
            now += steps[at]?.ms ?? 1
            const batch = part.length === 0 ? null : batches.take(part, now)
            if (batch !== null) found.push(batch)
          }
          for (let rest = 0; rest < 3; rest++) {
            const batch = batches.take([], (now += 5))
            if (batch !== null) found.push(batch)
          }
          expect(kills(found)).toEqual(WHOLE)
        },
      ),
    )
  })

  it('gives a kill the same key where the beginning of its report is lost', () => {
    const invoked = RECORDED.flatMap(({ text }, at) =>
      /invoked oom-killer/.test(text) ? [at] : [],
    )
    const [first = 0] = invoked
    const cut = RECORDED.slice(first + 5)
    expect(kills([cut])).toEqual(WHOLE)
  })

  it('holds nothing of what has nothing to do with memory', () => {
    const batches = createReportBatches()
    const usb = { sequence: 1, text: '6,1,5,-;usb 1-1: new high-speed USB device\n' }
    expect(batches.take([usb], 0)).toBeNull()
    expect(batches.take([], 10_000)).toBeNull()
  })

  it('gives a report whose end never comes after a while', () => {
    const batches = createReportBatches()
    const begun = RECORDED.slice(0, 3)
    expect(batches.take(begun, 0)).toBeNull()
    expect(batches.take([], 100)).toBeNull()
    expect(batches.take([], 6_000)).toEqual(begun)
  })
})
