import { usageError } from '../../model/errors.ts'
import type { Packing } from '../../parsers/files/packing.ts'
import { inflated } from '../layer/inflate.ts'
import { LayerError } from '../layer/layer-error.ts'
import { unreadable } from './trouble.ts'

/**
 * The bytes that were packed; a chunk is valid until the next.
 *
 * @throws StellaError 2 where they are damaged, 3 where they cannot be read
 */
export async function* unpackedBytes(
  chunks: AsyncIterable<Uint8Array>,
  packing: Packing,
  name: string,
): AsyncGenerator<Uint8Array> {
  try {
    yield* inflated(chunks, packing)
  } catch (error) {
    if (!(error instanceof LayerError)) throw unreadable(error, name)
    throw usageError(`it ${error.message}`, name, 'get it again')
  }
}
