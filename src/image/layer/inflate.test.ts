import { constants, gzipSync, zstdCompressSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { noise } from '../../../test/support/image-files.ts'
import { inPieces } from '../../../test/support/opened.ts'
import type { Compression } from '../../model/image.ts'
import { streamed } from '../unpack.ts'
import { inflated } from './inflate.ts'
import { LayerError } from './layer-error.ts'

const TEXT = Buffer.concat([noise(70_000, 1), Buffer.alloc(900_000, 'stella '), noise(5_000, 2)])
const SKIPPABLE = Buffer.from([0x50, 0x2a, 0x4d, 0x18, 5, 0, 0, 0, 1, 2, 3, 4, 5])
const FORMS = {
  gzip: [
    gzipSync(TEXT),
    Buffer.concat([gzipSync(TEXT.subarray(0, 9)), gzipSync(TEXT.subarray(9))]),
  ],
  zstd: [
    zstdCompressSync(TEXT),
    zstdCompressSync(TEXT, { params: { [constants.ZSTD_c_checksumFlag]: 1 } }),
    Buffer.concat([zstdCompressSync(TEXT.subarray(0, 9)), zstdCompressSync(TEXT.subarray(9))]),
    Buffer.concat([SKIPPABLE, zstdCompressSync(TEXT), SKIPPABLE]),
  ],
} as const

/** The bytes, or how it fails. */
async function outcome(
  chunks: AsyncIterable<Uint8Array>,
  unpack: (from: AsyncIterable<Uint8Array>) => AsyncIterable<Buffer>,
): Promise<Buffer | 'damaged'> {
  const pieces: Buffer[] = []
  try {
    for await (const piece of unpack(chunks)) pieces.push(Buffer.from(piece))
    return Buffer.concat(pieces)
  } catch (error) {
    const isZlib = error instanceof Error && 'code' in error && String(error.code).startsWith('Z')
    if (error instanceof LayerError || isZlib) return 'damaged'
    throw error
  }
}

const layer = (
  bytes: Buffer,
  compression: Compression = 'unknown',
  length = 4_096,
): Promise<Buffer | 'damaged'> =>
  outcome(inPieces(bytes, length), (chunks) => inflated(chunks, compression))

test.each(['gzip', 'zstd'] as const)(
  '%s in all its forms, in pieces of any size',
  async (packing) => {
    for (const packed of FORMS[packing]) {
      for (const length of [7, 4_096, 70_000, packed.length]) {
        expect(await layer(packed, 'unknown', length)).toEqual(TEXT)
      }
      expect(await layer(packed, packing)).toEqual(TEXT)
    }
  },
)

test('what is not packed is as it is', async () => {
  for (const bytes of [TEXT, Buffer.alloc(0), Buffer.from([0x1f])]) {
    expect(await layer(bytes)).toEqual(bytes)
    expect(await layer(bytes, 'none')).toEqual(bytes)
  }
})

test.each(['gzip', 'zstd'] as const)('%s that is cut anywhere is damaged', async (packing) => {
  for (const packed of FORMS[packing].slice(0, 1)) {
    for (let length = 5; length < packed.length; length += 997) {
      expect(await layer(packed.subarray(0, length), packing)).toBe('damaged')
    }
    for (let back = 1; back < 12; back++) {
      expect(await layer(packed.subarray(0, -back), packing)).toBe('damaged')
    }
  }
})

test('zeros behind gzip are padding', async () => {
  for (const zeros of [1, 511, 70_000]) {
    expect(await layer(Buffer.concat([FORMS.gzip[0], Buffer.alloc(zeros)]))).toEqual(TEXT)
  }
})

test.each(['gzip', 'zstd'] as const)(
  '%s unpacks in the same way as through a stream of Node, damaged or not',
  async (packing) => {
    const packed: Buffer = FORMS[packing][0]
    const made = [
      // Of several frames, a stream of Node reads the first.
      ...(packing === 'gzip' ? FORMS.gzip : FORMS.zstd.slice(0, 2)),
      ...(packing === 'gzip' ? ['\0', 'junk'] : []).flatMap((fill) =>
        [1, 3, 8, 600].map((length) => Buffer.concat([packed, Buffer.alloc(length, fill)])),
      ),
      ...[4, 11, 60, 9_000, packed.length - 3].map((at) => {
        const copy = Buffer.from(packed)
        copy[at] = (copy[at] ?? 0) ^ 0x55
        return copy
      }),
      packed.subarray(0, packed.length - 9),
    ]
    for (const [at, bytes] of made.entries()) {
      const stream = await outcome(inPieces(bytes, 5_000), (chunks) => streamed(chunks, packing))
      const found = await layer(bytes, packing, 5_000)
      const short = (one: Buffer | 'damaged'): unknown => (one === 'damaged' ? one : one.length)
      expect([at, short(found)]).toEqual([at, short(stream)])
    }
  },
)

test('where it is damaged is told in bytes of the layer', async () => {
  const packed = Buffer.from(FORMS.gzip[0])
  packed.fill(0xff, 60_000, 60_010)
  const read = async (): Promise<void> => {
    for await (const piece of inflated(inPieces(packed, 1_000), 'gzip')) expect(piece).toBeDefined()
  }
  await expect(read()).rejects.toThrow(/^is damaged \(Z_/)
})
