/** Images of one family: the same base, and a layer of its own on top of each. */
import { createHash } from 'node:crypto'
import { cpSync, linkSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { z } from 'zod/mini'
import { tarEntry } from '../../test/support/hostile-layers.ts'

const Described = z.looseObject({ digest: z.string(), size: z.number() })
const Index = z.looseObject({ manifests: z.array(Described) })
const Manifest = z.looseObject({ config: Described, layers: z.array(Described) })
const Config = z.looseObject({ rootfs: z.looseObject({ diff_ids: z.array(z.string()) }) })

const PACKAGES = 40
const FILES_EACH = 10

/** Writes them below `folder`, and gives the folder of each, an OCI layout. */
export function writeFamily(base: string, folder: string, count: number): readonly string[] {
  return Array.from({ length: count }, (_, at) => writeMember(base, join(folder, String(at)), at))
}

function writeMember(base: string, folder: string, at: number): string {
  const blobs = join(folder, 'blobs/sha256')
  mkdirSync(blobs, { recursive: true })
  for (const name of readdirSync(join(base, 'blobs/sha256'))) {
    const from = join(base, 'blobs/sha256', name)
    try {
      linkSync(from, join(blobs, name))
    } catch {
      // On another disk.
      cpSync(from, join(blobs, name))
    }
  }
  const tar = Buffer.concat([...layerOf(at)])
  const layer = put(blobs, gzipSync(tar))
  const index = Index.parse(jsonIn(join(base, 'index.json')))
  const manifest = Manifest.parse(blobIn(blobs, index.manifests[0]?.digest))
  const config = Config.parse(blobIn(blobs, manifest.config.digest))
  config.rootfs.diff_ids.push(digestOf(tar))
  delete config['history']
  const mediaType = manifest.layers[0]?.['mediaType']
  const changed = {
    ...manifest,
    config: { ...manifest.config, ...put(blobs, json(config)) },
    layers: [...manifest.layers, { mediaType, ...layer }],
  }
  const entry = { ...index.manifests[0], ...put(blobs, json(changed)) }
  writeFileSync(join(folder, 'index.json'), json({ ...index, manifests: [entry] }))
  cpSync(join(base, 'oci-layout'), join(folder, 'oci-layout'))
  return folder
}

/** An application with packages of its own. */
function* layerOf(at: number): Generator<Buffer> {
  for (let each = 0; each < PACKAGES; each++) {
    const place = `srv/app/node_modules/p${each}`
    const body = json({ name: `p${each}`, version: `${at}.${each}.0`, license: 'MIT' })
    yield* tarEntry(`${place}/package.json`, [body], body.length)
    for (let file = 1; file < FILES_EACH; file++) {
      const text = Buffer.from(`module.exports = ${file}\n`.repeat(100))
      yield* tarEntry(`${place}/lib/${file}.js`, [text], text.length)
    }
  }
  yield Buffer.alloc(1024)
}

function put(blobs: string, bytes: Buffer): { digest: string; size: number } {
  const digest = digestOf(bytes)
  writeFileSync(join(blobs, digest.slice('sha256:'.length)), bytes)
  return { digest, size: bytes.length }
}

function digestOf(bytes: Buffer): string {
  return `sha256:${createHash('sha256').update(bytes).digest('hex')}`
}

function json(value: unknown): Buffer {
  return Buffer.from(JSON.stringify(value))
}

function jsonIn(path: string): unknown {
  return JSON.parse(readFileSync(path, 'utf8'))
}

function blobIn(blobs: string, digest = ''): unknown {
  return jsonIn(join(blobs, digest.slice('sha256:'.length)))
}
