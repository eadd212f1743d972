/** Images made by hand, small and always the same, in all forms that archives have. */
import { createHash } from 'node:crypto'
import { gzipSync, zstdCompressSync } from 'node:zlib'

export const MANIFEST = 'application/vnd.oci.image.manifest.v1+json'
export const INDEX = 'application/vnd.oci.image.index.v1+json'
export const CONFIG = 'application/vnd.oci.image.config.v1+json'
export const LAYER = 'application/vnd.oci.image.layer.v1.tar'

export type Files = ReadonlyMap<string, Uint8Array>

export interface TarFile {
  path: string
  bytes?: Uint8Array
  /** A symbolic link that leads there. */
  linksTo?: string
}

/** A tar of files and links. */
export function tarOf(files: readonly TarFile[]): Buffer {
  const blocks = files.flatMap(({ path, bytes = Buffer.alloc(0), linksTo }) => [
    tarHeader(path, bytes.length, linksTo),
    bytes,
    Buffer.alloc((512 - (bytes.length % 512)) % 512),
  ])
  return Buffer.concat([...blocks, Buffer.alloc(1024)])
}

function tarHeader(path: string, size: number, linksTo: string | undefined): Buffer {
  const header = Buffer.alloc(512)
  header.write(path, 0)
  header.write('0000644\0', 100)
  header.write(`${size.toString(8).padStart(11, '0')}\0`, 124)
  header.write('        ', 148)
  header.write(linksTo === undefined ? '0' : '2', 156)
  header.write(linksTo ?? '', 157)
  header.write('ustar\u000000', 257)
  const sum = header.reduce((total, byte) => total + byte, 0)
  header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148)
  return header
}

export function digestOf(bytes: Uint8Array): string {
  return `sha256:${createHash('sha256').update(bytes).digest('hex')}`
}

export interface SampleImage {
  /** Uncompressed, lowest first. */
  tars: readonly Buffer[]
  diffIds: readonly string[]
  /** As stored. */
  blobs: readonly Buffer[]
  config: Buffer
  manifest: Buffer
  manifestDigest: string
  /** Everything that has a digest, by it. */
  content: ReadonlyMap<string, Buffer>
}

export interface SampleOptions {
  compression?: 'none' | 'gzip' | 'zstd'
  /** Bytes of the file of each layer. */
  layerBytes?: readonly number[]
  platform?: object
  config?: object
}

/** An image of two layers. */
export function sampleImage(options: SampleOptions = {}): SampleImage {
  const { compression = 'gzip', layerBytes = [3000, 700], platform } = options
  const tars = layerBytes.map((length, at) =>
    tarOf([{ path: `file-${at}`, bytes: noise(length, at + 1) }]),
  )
  const suffix = compression === 'none' ? '' : `+${compression}`
  const pack = (tar: Buffer): Buffer => packed(tar, compression)
  return packedImage(
    tars,
    { pack, suffix },
    {
      ...platform,
      config: {
        Entrypoint: ['/app'],
        Cmd: ['--password=hunter2secret'],
        Env: ['PATH=/bin', 'API_TOKEN=hunter2secret'],
        User: '1000',
      },
      history: [
        ...tars.map((_, at) => ({ created_by: `COPY file-${at} /` })),
        { created_by: 'ENV PATH=/bin', empty_layer: true },
      ],
      ...options.config,
    },
  )
}

/** How layers are stored: what is done to each, and how their media type ends. */
export interface LayerPacking {
  pack(tar: Buffer): Buffer
  suffix: string
}

/** @param more of the config */
export function packedImage(
  tars: readonly Buffer[],
  { pack, suffix }: LayerPacking,
  more: object,
): SampleImage {
  const blobs = tars.map(pack)
  const diffIds = tars.map(digestOf)
  const config = json({
    os: 'linux',
    architecture: 'amd64',
    created: '2026-03-01T12:00:00Z',
    rootfs: { type: 'layers', diff_ids: diffIds },
    ...more,
  })
  const manifest = json({
    schemaVersion: 2,
    mediaType: MANIFEST,
    config: descriptorOf(config, CONFIG),
    layers: blobs.map((blob) => descriptorOf(blob, `${LAYER}${suffix}`)),
  })
  const content = new Map([config, manifest, ...blobs].map((bytes) => [digestOf(bytes), bytes]))
  return { tars, diffIds, blobs, config, manifest, manifestDigest: digestOf(manifest), content }
}

export function descriptorOf(bytes: Uint8Array, mediaType: string, more: object = {}): object {
  return { mediaType, digest: digestOf(bytes), size: bytes.length, ...more }
}

export function json(value: unknown): Buffer {
  return Buffer.from(JSON.stringify(value))
}

/** The same bytes each time, which no compression makes smaller. */
export function noise(length: number, seed: number): Buffer {
  const bytes = Buffer.alloc(length)
  let state = seed
  for (let at = 0; at < length; at += 1) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    bytes[at] = state >>> 24
  }
  return bytes
}

function packed(tar: Buffer, compression: 'none' | 'gzip' | 'zstd'): Buffer {
  if (compression === 'gzip') return gzipSync(tar)
  return compression === 'zstd' ? zstdCompressSync(tar) : tar
}

/** An OCI layout with these entries in its index. */
export function layoutOf(images: readonly SampleImage[], entries: readonly object[]): Files {
  const index = json({ schemaVersion: 2, mediaType: INDEX, manifests: entries })
  return layoutFiles(
    images.flatMap(({ content }) => [...content.values()]),
    index,
  )
}

/** An OCI layout of any content. */
export function layoutFiles(content: readonly Uint8Array[], index: Uint8Array): Files {
  return new Map([
    ['oci-layout', json({ imageLayoutVersion: '1.0.0' })],
    ...content.map((bytes): [string, Uint8Array] => [blobPath(bytes), bytes]),
    ['index.json', index],
  ])
}

export function blobPath(bytes: Uint8Array): string {
  return `blobs/${digestOf(bytes).replace(':', '/')}`
}

/** As Docker before 25 writes it: a layer that is there already is a link, and the manifest comes last. */
export function legacyArchive({ tars, config, diffIds }: SampleImage): Buffer {
  const folder = (at: number): string => createHash('sha256').update(`${at}`).digest('hex')
  const files = tars.flatMap((tar, at): TarFile[] => {
    const first = diffIds.indexOf(diffIds[at] ?? '')
    return [
      { path: `${folder(at)}/VERSION`, bytes: Buffer.from('1.0') },
      { path: `${folder(at)}/json`, bytes: json({ id: folder(at) }) },
      first === at
        ? { path: `${folder(at)}/layer.tar`, bytes: tar }
        : { path: `${folder(at)}/layer.tar`, linksTo: `../${folder(first)}/layer.tar` },
    ]
  })
  const name = `${digestOf(config).slice('sha256:'.length)}.json`
  const layers = tars.map((_, at) => `${folder(at)}/layer.tar`)
  return tarOf([
    ...files,
    { path: name, bytes: config },
    {
      path: 'manifest.json',
      bytes: json([{ Config: name, RepoTags: ['sample:1'], Layers: layers }]),
    },
  ])
}

export function archiveOf(files: Files): Buffer {
  return tarOf([...files].map(([path, bytes]) => ({ path, bytes })))
}
