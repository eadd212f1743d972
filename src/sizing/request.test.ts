import { expect, it } from 'vitest'
import { calm, recording, samplesOf, sizeBy } from '../../test/support/sizing-evidence.ts'
import { MIB } from '../model/bytes.ts'

/** Eight days, of which the first `share` stood at another level; in MiB. */
function stepped(before: number, after: number, share = 0.5) {
  const samples = calm(0, 8).group.samples
  return recording(
    samples.map((one, index) => ({
      ...one,
      unreclaimableBytes:
        (index < share * samples.length ? before : after) * MIB + MIB * Math.sin(index),
    })),
  )
}

it.each([
  ['down', 300, 100, 0.5, 107],
  ['down, late', 300, 100, 0.85, 107],
  ['up', 100, 300, 0.5, 317],
])('after a step %s the request is what is usual since then', (_, before, after, share, mib) => {
  const sizing = sizeBy({ recordings: [stepped(before, after, share)] })
  expect(sizing.growth.kind).toBe('step')
  expect((sizing.requestBytes ?? 0) / MIB).toBeCloseTo(mib, -1)
  expect(sizing.limitBytes).toBeGreaterThanOrEqual(301 * MIB)
})

it.each([
  ['what is usual, and a twentieth', 20, 105],
  ['the limit: too few to tell what is usual', 19, 208],
])('it is %s, where there are %i samples', (_, count, mib) => {
  const values = Array.from({ length: count }, () => 100 * MIB)
  const recordings = [recording(samplesOf(values, 'unreclaimableBytes', { stepSeconds: 60 }))]
  expect(sizeBy({ recordings })).toMatchObject({ limitBytes: 208 * MIB, requestBytes: mib * MIB })
})
