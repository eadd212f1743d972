import { usageError } from '../../model/errors.ts'
import type { Packing } from '../../parsers/files/packing.ts'
import { unpacked } from '../unpack.ts'
import { codeOf, unreadable } from './trouble.ts'

/**
 * The bytes that were packed.
 *
 * @throws StellaError 2 where they are damaged, 3 where they cannot be read
 */
export async function* unpackedBytes(
  chunks: AsyncIterable<Uint8Array>,
  packing: Packing,
  name: string,
): AsyncGenerator<Uint8Array> {
  try {
    yield* unpacked(chunks, packing)
  } catch (error) {
    if (!/^Z_|^ZSTD_/.test(codeOf(error))) throw unreadable(error, name)
    throw usageError(
      `it cannot be unpacked (${codeOf(error)})`,
      name,
      'it is damaged or not whole: get it again',
    )
  }
}
