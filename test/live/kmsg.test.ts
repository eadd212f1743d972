import { describe, expect, it } from 'vitest'
import { readKmsg } from '../../src/sources/kernel/kmsg.ts'
import { hostReader } from '../../src/sources/reader.ts'
import { requireParts } from '../support/parts.ts'

describe.skipIf(requireParts('root', 'kmsg'))('a real ring buffer', () => {
  it('is read to its end', () => {
    expect(recordsRead(hostReader())).toBeGreaterThan(10)
  })

  it('is not followed for ever: what was written after we began is left', () => {
    const longAgo = { ...hostReader(), monotonicSeconds: () => -1_000 }
    expect(recordsRead(longAgo)).toBe(1)
  })
})

function recordsRead(reader: ReturnType<typeof hostReader>): number {
  let records = 0
  const read = readKmsg(reader, { push: () => void records++, finish: () => [] })
  expect(read.ok).toBe(true)
  return records
}
