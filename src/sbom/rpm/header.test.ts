import fc from 'fast-check'
import { expect, test } from 'vitest'
import { RpmHeaderReader, type RpmHeader } from './header.ts'

const NAME = 1000
const EPOCH = 1003
const SOURCE = 1044
const [INT32, STRING] = [4, 6]

/** A header with these tags, as rpm's lib/header.c lays them out. */
function header(
  entries: readonly { tag: number; type: number; from: number }[],
  data: Buffer,
): Buffer {
  const index = entries.flatMap(({ tag, type, from }) => [tag, type, from, 1])
  const words = [entries.length, data.length, ...index].map((word) => {
    const bytes = Buffer.alloc(4)
    bytes.writeUInt32BE(word)
    return bytes
  })
  return Buffer.concat([...words, data])
}

function read(bytes: Uint8Array, chunkBytes: number): RpmHeader | null {
  const reader = new RpmHeaderReader()
  for (let at = 0; at < bytes.length; at += chunkBytes) {
    const chunk = Uint8Array.from(bytes.subarray(at, at + chunkBytes))
    reader.push(chunk)
    chunk.fill(0xff)
  }
  return reader.header
}

const files = Buffer.alloc(10_000, 'f')
const whole = header(
  [
    { tag: SOURCE, type: STRING, from: 10_012 },
    { tag: 63, type: 7, from: 10_030 },
    { tag: NAME, type: STRING, from: 0 },
    { tag: EPOCH, type: INT32, from: 8 },
  ],
  Buffer.concat([Buffer.from('bash\0\0\0\0\0\0\0\x05'), files, Buffer.from('bash.src.rpm\0')]),
)

test('the same wherever the pieces end, though its fields are not in the order of the index', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 12_000 }), (chunkBytes) => {
      expect(read(whole, chunkBytes)).toMatchObject({
        name: 'bash',
        epoch: '5',
        sourceRpm: 'bash.src.rpm',
        license: '',
      })
    }),
  )
})

test('one that is not whole is none', () => {
  expect(read(whole.subarray(0, -1), 100)).toBeNull()
  expect(read(Buffer.alloc(8), 8)).toBeNull()
})

test('a name without end is none', () => {
  const endless = header([{ tag: NAME, type: STRING, from: 0 }], Buffer.alloc(20_000, 'a'))
  expect(read(endless, 4096)).toBeNull()
})

test('more entries than rpm allows are none', () => {
  const many = Buffer.alloc(64)
  many.writeUInt32BE(0x10000)
  expect(read(many, 64)).toBeNull()
})
