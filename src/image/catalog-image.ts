/** Reads the layers of an image that are not known yet, and gives what is known of all of them. */
import { mkdtempSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { usageError } from '../model/errors.ts'
import type { Cataloger } from '../sbom/cataloger.ts'
import { CATALOGERS } from '../sbom/catalogers/index.ts'
import { fragmentPlace } from './layer/fragment.ts'
import type { FragmentStore } from './layer/fragment-store.ts'
import { carryOutJob } from './layer/job.ts'
import type { LayerJob } from './layer/job.ts'
import { LayerError } from './layer/layer-error.ts'
import { startThreads } from './layer/threads.ts'
import type { LayerThreads } from './layer/threads.ts'
import type { ImageLayer, OpenedImage } from './source/image.ts'
import type { SquashedLayer } from './squash/squash.ts'

export interface CatalogOptions {
  /** Where fragments are kept for other images; null: they are kept nowhere. */
  store: FragmentStore | null
  /** For files that are too large for memory, for a moment. */
  scratchFolder: string
  /** Threads that read layers side by side. */
  threads: number
  checksAll: boolean
  signal: AbortSignal
  catalogers?: readonly Cataloger[]
  onLayer?(progress: LayerProgress): void
}

export interface LayerProgress {
  /** Layers that are known by now, of how many; null while nobody knows. */
  done: number
  of: number | null
  /** Nothing had to be read. */
  wasKnown: boolean
}

export interface CataloguedLayers {
  /** Lowest first, as the image has them. */
  layers: readonly SquashedLayer[]
  /** Layers of which nothing had to be read, and others. */
  hits: number
  misses: number
  close(): void
}

/** Together below it, layers are read without threads, which take longer to start. */
const SMALL_BYTES = 4 * 1024 * 1024

/**
 * @throws StellaError 2 where a layer is damaged, or another than the image says; what opening a layer throws
 */
export async function catalogImage(
  image: OpenedImage,
  options: CatalogOptions,
): Promise<CataloguedLayers> {
  const own = mkdtempSync(join(options.scratchFolder, 'stella-image-'))
  const bases = new Map<string, string>()
  let hits = 0
  let done = 0
  const of = image.layers.length
  const tell = (wasKnown: boolean): void => options.onLayer?.({ done: ++done, of, wasKnown })

  const places = image.layers.map((layer, at) => baseOf(layer, at, options.store, own))
  const missing = image.layers.flatMap((layer, at) => {
    const base = places[at] ?? ''
    const isKnown = bases.has(base) || (layer.diffId !== null && options.store?.find(layer.diffId))
    if (isKnown) {
      hits++
      tell(true)
      return []
    }
    bases.set(base, base)
    return [{ layer, at, base }]
  })
  const bytes = missing.reduce((sum, { layer }) => sum + (layer.sizeBytes ?? 0), 0)
  const isSmall = bytes < SMALL_BYTES || missing.length === 0
  const threads = isSmall ? null : startThreads(Math.min(options.threads, missing.length))
  try {
    await Promise.all(
      missing.map(async ({ layer, at, base }) => {
        await readLayer(layer, `layer ${at + 1} of ${image.name}`, base, own, threads, options)
        tell(false)
      }),
    )
  } catch (error) {
    await threads?.close()
    rmSync(own, { recursive: true, force: true })
    throw error
  }
  await threads?.close()
  options.store?.tidy()
  return {
    layers: image.layers.map(({ diffId }, at) => ({
      diffId,
      fragment: fragmentPlace(places[at] ?? ''),
    })),
    hits,
    misses: missing.length,
    close: () => rmSync(own, { recursive: true, force: true }),
  }
}

function baseOf(layer: ImageLayer, at: number, store: FragmentStore | null, own: string): string {
  const { diffId } = layer
  if (diffId === null) return join(own, String(at))
  return store === null ? join(own, diffId.replace(':', '-')) : store.baseOf(diffId)
}

async function readLayer(
  layer: ImageLayer,
  what: string,
  base: string,
  own: string,
  threads: LayerThreads | null,
  options: CatalogOptions,
): Promise<void> {
  const { diffId, digest, compression, blob } = layer
  const about = { diffId, digest, compression, fragment: base, scratchFolder: own }
  const run = (place: LayerJob['place'], chunks: AsyncIterable<Uint8Array> | null) => {
    const job: LayerJob = { ...about, place, checksAll: options.checksAll }
    return threads === null
      ? carryOutJob(job, options.catalogers ?? CATALOGERS, chunks)
      : threads.run(job, chunks)
  }
  try {
    switch (blob.kind) {
      case 'file':
      case 'folder':
        await run(blob, null)
        break
      case 'stream':
        await run({ kind: 'chunks' }, blob.open(options.signal))
        break
      case 'member':
        throw new Error('a member of an archive that passes by was not read as it passed')
      case 'absent':
        throw usageError(blob.says, what, 'get the image in another way')
    }
  } catch (error) {
    throw named(error, what)
  }
}

/** An error that names the layer, and the place in it. */
export function named(error: unknown, what: string): unknown {
  if (!(error instanceof LayerError)) return error
  const at = error.offset === null ? '' : `, at byte ${error.offset} of its tar`
  return usageError(
    `it ${error.message}${at}`,
    what,
    'it was damaged or changed: get the image again',
  )
}
