import fc from 'fast-check'
import { expect, test } from 'vitest'
import { TIERS } from '../tiers.ts'
import { LINE_BYTES, lineOf } from './record.ts'
import type { BlackBoxRecord } from './record.ts'

const size = fc.nat({ max: Number.MAX_SAFE_INTEGER })
const anyRecord: fc.Arbitrary<BlackBoxRecord> = fc.record({
  n: size,
  at: size,
  pid: fc.nat(4_194_304),
  host: fc.string({ unit: 'binary', maxLength: 300 }),
  service: fc.string({ unit: 'binary', maxLength: 300 }),
  group: fc.option(fc.string({ unit: 'binary', maxLength: 300 })),
  tier: fc.constantFrom(...TIERS),
  usage: fc.option(size),
  unreclaimable: fc.option(size),
  limit: size,
  heap: size,
  heapLimit: size,
  inFlight: size,
  reserved: size,
  stalled: size,
  end: fc.option(fc.string({ unit: 'binary', maxLength: 300 })),
})

test('whatever stands in it: a record is one line of JSON of always the same length', () => {
  fc.assert(
    fc.property(anyRecord, (record) => {
      const line = lineOf(record)
      expect(line.length).toBe(LINE_BYTES)
      expect(line.indexOf('\n')).toBe(LINE_BYTES - 1)
      const { n, unreclaimable, tier } = JSON.parse(line.toString('latin1'))
      expect({ n, unreclaimable, tier }).toEqual({
        n: record.n,
        unreclaimable: record.unreclaimable,
        tier: record.tier,
      })
    }),
  )
})

test('of a long path its end is kept, which names the container', () => {
  const record = fc.sample(anyRecord, 1)[0]
  if (record === undefined) throw new Error('no record')
  const group = `/kubepods.slice/${'x'.repeat(200)}/cri-containerd-abc.scope`
  expect(JSON.parse(lineOf({ ...record, group }).toString()).group).toMatch(
    /cri-containerd-abc\.scope$/,
  )
})
