/** Writes an image as an OCI layout, in a folder. */
import { createHash } from 'node:crypto'
import { mkdirSync, openSync, closeSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { createGzip, createZstdCompress, gzipSync } from 'node:zlib'
import { configOf, FEW_WORDS } from './config.ts'
import { change, halve } from './damage.ts'
import type { Layer, LayerPacking } from './image.ts'

export interface Descriptor {
  mediaType: string
  digest: string
  size: number
}

const TYPES = {
  none: 'application/vnd.oci.image.layer.v1.tar',
  gzip: 'application/vnd.oci.image.layer.v1.tar+gzip',
  zstd: 'application/vnd.oci.image.layer.v1.tar+zstd',
  members: 'application/vnd.oci.image.layer.v1.tar+gzip',
} as const

/** Gives the digests of the layers' tars. */
export async function writeLayout(
  folder: string,
  layers: readonly Layer[],
  packingOfOthers: LayerPacking,
  words = FEW_WORDS,
): Promise<readonly string[]> {
  mkdirSync(join(folder, 'blobs/sha256'), { recursive: true })
  const diffIds: string[] = []
  const descriptors: Descriptor[] = []
  for (const layer of layers) {
    const packing = layer.packing ?? packingOfOthers
    const { diffId, digest, size } = await writeLayer(folder, layer, packing)
    diffIds.push(diffId)
    descriptors.push({ mediaType: TYPES[packing], digest, size })
  }
  const config = writeJson(
    folder,
    'application/vnd.oci.image.config.v1+json',
    configOf(layers, diffIds, words),
  )
  const mediaType = 'application/vnd.oci.image.manifest.v1+json'
  const manifest = writeJson(folder, mediaType, {
    schemaVersion: 2,
    mediaType,
    config,
    layers: descriptors,
    ...(Object.keys(words.annotations).length > 0 && { annotations: words.annotations }),
  })
  const annotations = { 'org.opencontainers.image.ref.name': words.tag }
  writeFileSync(
    join(folder, 'index.json'),
    JSON.stringify({ schemaVersion: 2, manifests: [{ ...manifest, annotations }] }),
  )
  writeFileSync(join(folder, 'oci-layout'), JSON.stringify({ imageLayoutVersion: '1.0.0' }))
  return diffIds
}

async function writeLayer(
  folder: string,
  layer: Layer,
  packing: LayerPacking,
): Promise<{ diffId: string; digest: string; size: number }> {
  const plain = createHash('sha256')
  const stored = createHash('sha256')
  const path = join(folder, 'layer.new')
  const file = openSync(path, 'w')
  let size = 0
  const hashed = async function* (): AsyncGenerator<Uint8Array> {
    for await (const chunk of layer.chunks()) {
      plain.update(chunk)
      yield chunk
    }
  }
  try {
    for await (const chunk of packed(hashed(), packing)) {
      stored.update(chunk)
      writeFileSync(file, chunk)
      size += chunk.length
    }
  } finally {
    closeSync(file)
  }
  const written = { digest: stored.digest('hex'), size }
  const stated = layer.damage === 'cut' ? halve(path) : written
  if (layer.damage === 'changed') change(path)
  renameSync(path, join(folder, 'blobs/sha256', stated.digest))
  return {
    diffId: `sha256:${plain.digest('hex')}`,
    digest: `sha256:${stated.digest}`,
    size: stated.size,
  }
}

/** Neither writes a time into its header. */
function packed(
  chunks: AsyncIterable<Uint8Array>,
  packing: LayerPacking,
): AsyncIterable<Uint8Array> {
  if (packing === 'none') return chunks
  if (packing === 'members') return inMembers(chunks)
  const options = { chunkSize: 256 * 1024 }
  return Readable.from(chunks, { objectMode: false }).pipe(
    packing === 'gzip' ? createGzip(options) : createZstdCompress(options),
  )
}

async function* inMembers(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  for await (const chunk of chunks) yield gzipSync(chunk)
}

function writeJson(folder: string, mediaType: string, content: object): Descriptor {
  const text = JSON.stringify(content)
  const digest = createHash('sha256').update(text).digest('hex')
  writeFileSync(join(folder, 'blobs/sha256', digest), text)
  return { mediaType, digest: `sha256:${digest}`, size: Buffer.byteLength(text) }
}
