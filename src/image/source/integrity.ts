import { packingOf } from '../../parsers/files/packing.ts'
import { peek } from '../../parsers/files/chunks.ts'
import { verifiedBytes } from './digest.ts'
import { fileChunks } from './file-chunks.ts'
import type { BlobPlace, ForwardMember, ImageLayer, OpenedImage, OpenedSource } from './image.ts'
import { layerName } from './resolve.ts'
import { unpackedBytes } from './unpacked-bytes.ts'

/**
 * Reads all layers once, and holds each against the digests that the image states.
 *
 * @throws StellaError 2 where one is not what it should be, 3 where it cannot be had
 */
export async function checkIntegrity(
  source: OpenedSource,
  signal: AbortSignal,
): Promise<OpenedImage> {
  if (source.kind === 'image') {
    const { image } = source
    for (const [at, layer] of image.layers.entries()) {
      await checkLayer(layer, layerName(at, image.name), signal)
    }
    return image
  }
  for await (const member of source.archive.members(signal)) await drained(bytesOf(member))
  return source.archive.resolve()
}

async function* bytesOf(member: ForwardMember): AsyncGenerator<Uint8Array> {
  yield* member.bytes()
}

async function checkLayer(
  layer: ImageLayer<BlobPlace>,
  what: string,
  signal: AbortSignal,
): Promise<void> {
  const { blob, digest, diffId, sizeBytes } = layer
  if (blob.kind === 'stream') return drained(blob.open(signal))
  if (blob.kind !== 'file' || blob.length === 0) return
  const stored = fileChunks(blob.path, blob)
  const asStored = digest === null ? stored : verifiedBytes(stored, { digest, sizeBytes, what })
  const peeked = await peek(asStored, 4)
  const packing = packingOf(peeked.head)
  const tar = packing === null ? peeked.all() : unpackedBytes(peeked.all(), packing, what)
  if (diffId === null) return drained(tar)
  await drained(verifiedBytes(tar, { digest: diffId, sizeBytes: null, what }))
}

async function drained(chunks: AsyncIterable<Uint8Array>): Promise<void> {
  for await (const _chunk of chunks);
}
