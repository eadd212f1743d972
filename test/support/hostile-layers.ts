/** Layers that are too large to be made in memory, as OCI layouts on disk. */
import { createHash } from 'node:crypto'
import { createWriteStream, mkdirSync, renameSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { constants, createGzip, createZstdCompress } from 'node:zlib'
import { CONFIG, descriptorOf, digestOf, INDEX, json, LAYER, MANIFEST } from './image-files.ts'

export type Pieces = Iterable<Buffer>

/** A header of a file, or of what the flag says; its body and what fills the last block. */
export function* tarEntry(path: string, body: Pieces, size: number, flag = '0'): Generator<Buffer> {
  const header = Buffer.alloc(512)
  header.write(path, 0, 100)
  header.write('0000644\0', 100)
  header.write(`${size.toString(8).padStart(11, '0')}\0`, 124)
  header.write('        ', 148)
  header.write(flag, 156)
  header.write('ustar\u000000', 257)
  const sum = header.reduce((total, byte) => total + byte, 0)
  header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148)
  yield header
  yield* body
  yield Buffer.alloc((512 - (size % 512)) % 512)
}

/** Many small files. */
export function* manyFiles(
  count: number,
  of: (at: number) => { path: string; text: string },
): Generator<Buffer> {
  let held: Buffer[] = []
  for (let at = 0; at < count; at++) {
    const { path, text } = of(at)
    const body = Buffer.from(text)
    held.push(...tarEntry(path, [body], body.length))
    if (held.length < 600) continue
    yield Buffer.concat(held)
    held = []
  }
  yield Buffer.concat([...held, Buffer.alloc(1024)])
}

/** Headers with so many extended records, each with a key of its own, before one file. */
export function* manyRecords(headers: number, each: number): Generator<Buffer> {
  for (let header = 0; header < headers; header++) {
    const keys = Array.from({ length: each }, (_, at) =>
      String(header * each + at).padStart(8, '0'),
    )
    const body = Buffer.from(keys.map((key) => `24 GNU.sparse.${key}=\n`).join(''))
    yield* tarEntry('PaxHeaders/0', [body], body.length, 'x')
  }
  yield* tarEntry('sparse', [Buffer.from('small')], 5)
  yield Buffer.alloc(1024)
}

export async function writeLayout(
  folder: string,
  tar: Pieces,
  packing: 'gzip' | 'zstd' | 'wide zstd',
): Promise<string> {
  const blobs = join(folder, 'blobs/sha256')
  mkdirSync(blobs, { recursive: true })
  const plain = createHash('sha256')
  const stored = createHash('sha256')
  const source = Readable.from(
    (function* () {
      for (const piece of tar) {
        plain.update(piece)
        yield piece
      }
    })(),
  )
  const part = join(folder, 'part')
  const window = {
    [constants.ZSTD_c_windowLog]: 27,
    [constants.ZSTD_c_enableLongDistanceMatching]: 1,
  }
  const compress =
    packing === 'gzip'
      ? createGzip({ level: 1 })
      : createZstdCompress(packing === 'zstd' ? {} : { params: window })
  compress.on('data', (chunk: Buffer) => stored.update(chunk))
  await pipeline(source, compress, createWriteStream(part))
  const digest = stored.digest('hex')
  renameSync(part, join(blobs, digest))
  const config = json({
    os: 'linux',
    architecture: 'amd64',
    config: {},
    rootfs: { type: 'layers', diff_ids: [`sha256:${plain.digest('hex')}`] },
  })
  const layer = {
    mediaType: `${LAYER}+${packing === 'gzip' ? 'gzip' : 'zstd'}`,
    digest: `sha256:${digest}`,
    size: statSync(join(blobs, digest)).size,
  }
  const manifest = json({
    schemaVersion: 2,
    mediaType: MANIFEST,
    config: descriptorOf(config, CONFIG),
    layers: [layer],
  })
  for (const bytes of [config, manifest])
    writeFileSync(join(blobs, digestOf(bytes).slice(7)), bytes)
  const index = {
    schemaVersion: 2,
    mediaType: INDEX,
    manifests: [descriptorOf(manifest, MANIFEST)],
  }
  writeFileSync(join(folder, 'index.json'), json(index))
  writeFileSync(join(folder, 'oci-layout'), json({ imageLayoutVersion: '1.0.0' }))
  return folder
}
