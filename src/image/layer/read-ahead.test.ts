import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createReader } from './read-ahead.ts'

test('any reads in any order give what is in the file, also at its end', () => {
  const place = fc.tuple(fc.nat(20_000), fc.nat(9_000))
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 20_000 }), fc.array(place), (content, places) => {
      const read = createReader((buffer, offset, wanted) => {
        const part = content.subarray(offset, offset + wanted)
        buffer.set(part)
        return part.length
      })
      for (const [offset, wanted] of places) {
        expect(Buffer.from(read(offset, wanted))).toEqual(
          Buffer.from(content.subarray(offset, offset + wanted)),
        )
      }
    }),
  )
})

test('after the first, small reads beside each other are one', () => {
  let count = 0
  const read = createReader((buffer, offset, wanted) => {
    count++
    buffer.fill(offset % 256)
    return wanted
  })
  for (let at = 0; at < 64; at++) read(at * 64, 64)
  expect(count).toBe(2)
})
