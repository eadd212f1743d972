/** Makes the images that the scanner is measured with, once, in the cache. */
import {
  createWriteStream,
  existsSync,
  mkdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { z } from 'zod/mini'
import { cacheFolder } from '../lib/cache.ts'
import { dockerArchive } from './docker-archive.ts'
import type { Recipe, Truth } from './image.ts'
import { writeLayout } from './layout.ts'
import { RECIPES } from './recipes/index.ts'
import type { ImageName } from './recipes/index.ts'

/** Counts up when a recipe makes other bytes than before. */
const VERSION = 3

export interface BuiltImage {
  name: ImageName
  about: string
  /** The folder of an OCI layout with layers in gzip. */
  oci: string | null
  /** An archive with layers without compression. */
  docker: string | null
  /** The same archive as a stream, for what lies nowhere. */
  stream: (() => AsyncIterable<Uint8Array>) | null
  /** Of all layers, without compression. */
  bytes: number
  truth: Truth
  mayBeRefused: boolean
}

const Kept = z.object({
  bytes: z.number(),
  truth: z.object({
    packages: z.record(z.string(), z.array(z.string())),
    by: z.record(z.string(), z.string()),
  }),
})

/** Made if it is not there yet. */
export async function builtImage(name: ImageName): Promise<BuiltImage> {
  const recipe: Recipe = RECIPES[name]
  const { forms, about, mayBeRefused = false } = recipe
  const common = { name, about, mayBeRefused }
  if (forms.length === 0) {
    const { layers, truth } = await recipe.make('')
    const bytes = layers.reduce((sum, layer) => sum + layer.bytes, 0)
    const stream = (): AsyncIterable<Uint8Array> => dockerArchive(name, layers)
    return { ...common, oci: null, docker: null, stream, bytes, truth }
  }
  const folder = cacheFolder('images', `${name}-${VERSION}`)
  const oci = join(folder, 'oci')
  const docker = join(folder, 'docker.tar')
  const told = join(folder, 'truth.json')
  if (!existsSync(told)) {
    rmSync(folder, { recursive: true, force: true })
    const work = join(folder, 'work')
    mkdirSync(work, { recursive: true })
    const { layers, truth } = await recipe.make(work)
    if (forms.includes('oci')) await writeLayout(oci, layers, 'gzip')
    if (forms.includes('docker')) {
      await pipeline(Readable.from(dockerArchive(name, layers)), createWriteStream(docker))
    }
    rmSync(work, { recursive: true, force: true })
    const bytes = layers.reduce((sum, layer) => sum + layer.bytes, 0)
    writeFileSync(told, `${JSON.stringify({ bytes, truth }, null, 2)}\n`)
  }
  const { bytes, truth } = Kept.parse(JSON.parse(readFileSync(told, 'utf8')))
  return {
    ...common,
    oci: forms.includes('oci') ? oci : null,
    docker: forms.includes('docker') ? docker : null,
    stream: null,
    bytes,
    truth,
  }
}
