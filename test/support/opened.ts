/** Opens images in tests as the command line does, with nothing around them but what a test gives. */
import { createReadStream, mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type {
  BlobPlace,
  ForwardArchive,
  ImageLayer,
  OpenedImage,
  OpenedSource,
} from '../../src/image/source/image.ts'
import { openImage, type Surroundings } from '../../src/image/source/open.ts'
import { parsePlatform } from '../../src/image/source/platform.ts'
import { parseImageReference } from '../../src/image/source/reference.ts'
import { StellaError } from '../../src/model/errors.ts'
import type { Files } from './image-files.ts'

export interface Opening extends Partial<Surroundings> {
  platform?: string
}

export function open(text: string, opening: Opening = {}): Promise<OpenedSource> {
  const { platform, ...around } = opening
  const wanted = { name: text, platform: platform === undefined ? null : parsePlatform(platform) }
  return openImage(parseImageReference(text), wanted, {
    env: {},
    engines: () => [],
    stdin: async function* () {},
    signal: new AbortController().signal,
    ...around,
  })
}

/** An image with the bytes of its layers as they are stored, whatever the source. */
export async function readAll(
  source: OpenedSource,
  signal = new AbortController().signal,
): Promise<{ image: OpenedImage; blobs: Buffer[] }> {
  if (source.kind === 'image') {
    const blobs: Buffer[] = []
    for (const layer of source.image.layers) blobs.push(await blobOf(layer, signal))
    return { image: source.image, blobs }
  }
  try {
    return await readForward(source.archive, signal)
  } finally {
    await source.archive.close()
  }
}

async function readForward(
  archive: ForwardArchive,
  signal: AbortSignal,
): Promise<{ image: OpenedImage; blobs: Buffer[] }> {
  const passed = new Map<string, Buffer>()
  for await (const member of archive.members(signal)) {
    passed.set(member.path, await together(member.bytes()))
  }
  const image = await archive.resolve()
  const blobs = image.layers.map(({ blob }) => {
    const bytes = blob.kind === 'member' ? passed.get(blob.path) : undefined
    if (bytes === undefined) throw new Error(`no such member: ${JSON.stringify(blob)}`)
    return bytes
  })
  return { image, blobs }
}

async function blobOf({ blob }: ImageLayer<BlobPlace>, signal: AbortSignal): Promise<Buffer> {
  if (blob.kind === 'stream') return together(blob.open(signal))
  if (blob.kind !== 'file') throw new Error(`not to be read: ${JSON.stringify(blob)}`)
  if (blob.length === 0) return Buffer.alloc(0)
  const end = blob.offset + blob.length - 1
  return together(createReadStream(blob.path, { start: blob.offset, end }))
}

export async function together(chunks: AsyncIterable<unknown>): Promise<Buffer> {
  const pieces: Buffer[] = []
  // A copy: a chunk is valid until the next is asked for.
  for await (const chunk of chunks) if (chunk instanceof Uint8Array) pieces.push(Buffer.from(chunk))
  return Buffer.concat(pieces)
}

/** The bytes in pieces of a size, each spoilt when the next is asked for. */
export async function* inPieces(bytes: Uint8Array, length: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += length) {
    const piece = Uint8Array.from(bytes.subarray(at, at + length))
    yield piece
    piece.fill(0xee)
  }
}

/** Writes files below a folder. */
export function written(folder: string, files: Files): string {
  for (const [path, bytes] of files) {
    const whole = join(folder, path)
    mkdirSync(dirname(whole), { recursive: true })
    writeFileSync(whole, bytes)
  }
  return folder
}

/** The one line of the error that a promise ends with, and its exit code. */
export async function complaintOf(work: Promise<unknown>): Promise<string> {
  try {
    await work
    return 'no error'
  } catch (error) {
    if (!(error instanceof StellaError)) throw error
    return `${error.exitCode} ${error.line}`
  }
}
