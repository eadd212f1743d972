/** Takes the compression off a layer while it streams. */
import { GIB } from '../../model/bytes.ts'
import type { Compression } from '../../model/image.ts'
import { peek } from '../../parsers/files/chunks.ts'
import { packingOf } from '../../parsers/files/packing.ts'
import { unpacked } from '../unpack.ts'
import { LayerError } from './layer-error.ts'

/** What grows beyond both is no layer: 64 GiB of zeros pass, a hundred times that does not. */
const BOMB = { bytes: 64 * GIB, ratio: 500 }
const MAGIC_BYTES = 4
const WINDOW_TOO_LARGE = 'ZSTD_error_frameParameter_windowTooLarge'

/** @throws LayerError where the bytes are not what the compression makes, or end in the middle */
export async function* inflated(
  chunks: AsyncIterable<Uint8Array>,
  compression: Compression,
): AsyncGenerator<Buffer> {
  const { head, all } = await peek(chunks, MAGIC_BYTES)
  const packing = compression === 'unknown' ? packingOf(head) : compression
  if (packing === 'none' || packing === null) {
    for await (const chunk of all()) yield asBuffer(chunk)
    return
  }
  let stored = 0
  let plain = 0
  const counted = async function* (): AsyncGenerator<Uint8Array> {
    for await (const chunk of all()) {
      stored += chunk.length
      yield chunk
    }
  }
  try {
    for await (const chunk of unpacked(counted(), packing)) {
      plain += chunk.length
      if (plain > BOMB.bytes && plain > stored * BOMB.ratio) {
        throw new LayerError(`grows to ${BOMB.ratio} times its size and goes on`, plain)
      }
      yield chunk
    }
  } catch (error) {
    if (!isDamage(error)) throw error
    if (error.code === WINDOW_TOO_LARGE) {
      throw new LayerError('needs more than 32 MiB of memory to be unpacked', null, {
        cause: error,
        todo: 'build it again with a smaller window: without --ultra and --long of zstd',
      })
    }
    throw new LayerError(`is damaged (${error.code})`, plain, { cause: error })
  }
}

function asBuffer(chunk: Uint8Array): Buffer {
  return Buffer.isBuffer(chunk)
    ? chunk
    : Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength)
}

/** As zlib names what it finds wrong: Z_DATA_ERROR, ZSTD_error_prefix_unknown. */
function isDamage(error: unknown): error is Error & { code: string } {
  if (!(error instanceof Error) || !('code' in error)) return false
  return typeof error.code === 'string' && /^Z(?:STD)?_/.test(error.code)
}
