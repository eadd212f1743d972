import { usageError } from '../../model/errors.ts'
import {
  platformText,
  type Descriptor,
  type ImageConfig,
  type ImageManifest,
  type ImagePlatform,
} from '../../model/image.ts'
import type { ContentStore, PlacedLayer } from './content.ts'
import { checkBytes } from './digest.ts'
import { MAX_DOCUMENT_BYTES, readConfig, readManifest } from './documents.ts'
import type { Absent, ImageLayer, OpenedImage } from './image.ts'
import { layerCompression } from './media-types.ts'
import { choosePlatform, isFit } from './platform.ts'

/** An index of images that names indexes is allowed, and seen nowhere deeper than this. */
const MAX_DEPTH = 4

export interface Wanted {
  /** As the user named the image. */
  name: string
  /** Null: the one of this machine. */
  platform: ImagePlatform | null
}

/**
 * Follows a descriptor through indexes to the manifest, the config and the layers.
 *
 * @param document the content of the descriptor where it is at hand already
 * @throws StellaError 2 where a document is damaged, of another kind, or for another platform
 */
export async function resolveImage<Place>(
  store: ContentStore<Place>,
  root: Descriptor,
  wanted: Wanted,
  document: Uint8Array | null = null,
): Promise<OpenedImage<Place | Absent>> {
  const found = await findManifest(store, root, wanted, document)
  const { manifest, descriptor } = found
  const where = `config of ${wanted.name}`
  const config = readConfig(await checkedDocument(store, manifest.config, where), where)
  checkPlatform(config.platform, wanted)
  return {
    name: wanted.name,
    digest: descriptor.digest,
    manifestMediaType: manifest.mediaType === '' ? descriptor.mediaType : manifest.mediaType,
    configDigest: manifest.config.digest,
    platform: config.platform ?? descriptor.platform,
    config,
    layers: await layersOf(store, manifest, config, wanted.name),
    close: async () => {},
  }
}

async function findManifest(
  store: ContentStore<unknown>,
  root: Descriptor,
  wanted: Wanted,
  document: Uint8Array | null,
): Promise<{ manifest: ImageManifest; descriptor: Descriptor }> {
  let descriptor = root
  let bytes = document
  for (let depth = 0; depth <= MAX_DEPTH; depth += 1) {
    const where = `manifest of ${wanted.name}`
    bytes ??= await checkedDocument(store, descriptor, where)
    const read = readManifest(bytes, descriptor.mediaType, where)
    if (read.kind === 'manifest') return { manifest: read.manifest, descriptor }
    descriptor = choosePlatform(read.index.manifests, wanted.platform, wanted.name)
    bytes = null
  }
  throw usageError(
    `its indexes are nested more than ${MAX_DEPTH} deep`,
    wanted.name,
    'name the image itself by its digest',
  )
}

/** @throws StellaError 2 */
export async function checkedDocument(
  store: ContentStore<unknown>,
  descriptor: Descriptor,
  what: string,
): Promise<Uint8Array> {
  const { digest, sizeBytes } = descriptor
  if (sizeBytes > MAX_DOCUMENT_BYTES) {
    throw usageError(`it has ${sizeBytes} bytes, and 4 MiB are allowed`, what, 'name another image')
  }
  const bytes = await store.document(descriptor)
  checkBytes(bytes, { digest, sizeBytes, what })
  return bytes
}

/** @throws StellaError 2 where another platform was asked for */
export function checkPlatform(has: ImagePlatform | null, { platform, name }: Wanted): void {
  if (platform === null || has === null || isFit(has, platform)) return
  throw usageError(
    `it is for ${platformText(has)} alone, and not for ${platformText(platform)}`,
    name,
    'leave --platform out, or name another image',
  )
}

async function layersOf<Place>(
  store: ContentStore<Place>,
  manifest: ImageManifest,
  config: ImageConfig,
  name: string,
): Promise<ImageLayer<Place | Absent>[]> {
  checkCount(manifest.layers.length, config, name)
  const commands = commandsOf(config)
  const layers: ImageLayer<Place | Absent>[] = []
  for (const [at, descriptor] of manifest.layers.entries()) {
    const what = layerName(at, name)
    const stated = layerCompression(descriptor.mediaType)
    const placed = await place(store, descriptor, what, stated !== null)
    layers.push({
      diffId: config.diffIds[at] ?? null,
      digest: descriptor.digest,
      sizeBytes: descriptor.sizeBytes,
      compression: placed.compression ?? stated ?? 'unknown',
      createdBy: commands[at] ?? null,
      blob: placed.blob,
    })
  }
  return layers
}

async function place<Place>(
  store: ContentStore<Place>,
  descriptor: Descriptor,
  what: string,
  isKnown: boolean,
): Promise<PlacedLayer<Place | Absent>> {
  if (isKnown) return store.layer(descriptor, what)
  const says = `the ${what} is of a kind that cannot be read: ${descriptor.mediaType.slice(0, 100)}`
  return { blob: { kind: 'absent', says }, compression: 'unknown' }
}

/** @throws StellaError 2 */
export function checkCount(layers: number, config: ImageConfig, name: string): void {
  if (layers === config.diffIds.length) return
  throw usageError(
    `its manifest names ${layers} layers, and its config ${config.diffIds.length}`,
    name,
    'build or get the image again',
  )
}

/** What made each layer; nothing where the history does not fit the layers. */
export function commandsOf({ history, diffIds }: ImageConfig): readonly (string | null)[] {
  const made = history.filter(({ isEmpty }) => !isEmpty)
  return made.length === diffIds.length ? made.map(({ createdBy }) => createdBy) : []
}

/** For people; counted from one. */
export function layerName(at: number, image: string): string {
  return `layer ${at + 1} of ${image}`
}
