/** Reads the layers of an image that are not known yet, and gives what is known of all of them. */
import { createHash } from 'node:crypto'
import { mkdtempSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { usageError } from '../model/errors.ts'
import type { StellaError } from '../model/errors.ts'
import type { Cataloger } from '../sbom/cataloger.ts'
import { CATALOGERS } from '../sbom/catalogers/index.ts'
import type { FragmentStore } from './layer/fragment-store.ts'
import { carryOutJob } from './layer/job.ts'
import type { JobResult, LayerJob } from './layer/job.ts'
import { LayerError } from './layer/layer-error.ts'
import { startThread } from './layer/layer-thread.ts'
import type { LayerThread } from './layer/layer-thread.ts'
import { isOfTheImage, leaveOut } from './left-out.ts'
import { inMemory } from './source/in-memory.ts'
import type { ImageLayer, OpenedImage } from './source/image.ts'
import { layerName } from './source/resolve.ts'
import type { SquashedLayer } from './squash/squash.ts'

export interface CatalogOptions {
  /** Where fragments are kept for other images; null: they are kept nowhere. */
  store: FragmentStore | null
  /** For files that are too large for memory, for a moment. */
  scratchFolder: string
  /** Whether a thread reads layers beside this one; it costs 30 MiB. */
  hasThread: boolean
  checksAll: boolean
  /** Layers that are taken into memory before they are read, as others do; the usual is to take none. */
  holds?: HeldLayers
  /** Layers that are damaged, or not to be had, are left out, and told as problems; without it they end the scan. */
  leavesOut?: boolean
  signal: AbortSignal
  catalogers?: readonly Cataloger[]
  onLayer?(progress: LayerProgress): void
}

/** `each`: one after the other; `all`: together. */
export type HeldLayers = 'none' | 'each' | 'all'

export interface LayerProgress {
  /** Layers that are known by now, of how many; null while nobody knows. */
  done: number
  of: number | null
  /** Nothing had to be read. */
  wasKnown: boolean
  /** Counted from the lowest, 0; null while nobody knows which it is. */
  at: number | null
  sizeBytes: number | null
}

export interface CataloguedLayer extends SquashedLayer {
  /** Nothing had to be read. */
  wasKnown: boolean
}

export interface CataloguedLayers {
  /** Lowest first, as the image has them. */
  layers: readonly CataloguedLayer[]
  /** Layers of which nothing had to be read, and others. */
  hits: number
  misses: number
  close(): void
}

/** Together below it, layers are read here: a thread takes longer to start. */
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
  let done = 0
  const of = image.layers.length
  const leftOut = new Map<string, string>()
  const tell = (at: number, wasKnown: boolean): void => {
    const sizeBytes = image.layers[at]?.sizeBytes ?? null
    options.onLayer?.({ done: ++done, of, wasKnown, at, sizeBytes })
  }

  const known = image.layers.map((layer) => knownFragment(layer, options))
  const places = image.layers.map((layer, at) => known[at] ?? placeOf(layer, at, options, own))
  const missing = image.layers.flatMap((layer, at) => {
    const base = places[at] ?? ''
    if (bases.has(base) || typeof known[at] === 'string') {
      tell(at, true)
      return []
    }
    bases.set(base, base)
    return [{ layer, at, base }]
  })
  try {
    await readAll(missing, {
      name: image.name,
      own,
      options,
      held: [],
      onRead: (at) => tell(at, false),
      onLeftOut({ at, base }, error) {
        if (leftOut.size + 1 === image.layers.length) throw error
        leftOut.set(base, leaveOut(own, at, error))
      },
    })
  } catch (error) {
    rmSync(own, { recursive: true, force: true })
    throw error
  }
  options.store?.tidy()
  const read = new Set(missing.map(({ at }) => at))
  return {
    layers: image.layers.map(({ diffId }, at) => ({
      diffId,
      fragment: leftOut.get(places[at] ?? '') ?? places[at] ?? '',
      wasKnown: !read.has(at),
    })),
    hits: image.layers.length - missing.length,
    misses: missing.length,
    close: () => rmSync(own, { recursive: true, force: true }),
  }
}

/** Where what is known of a layer lies; null: nothing is. */
export function knownFragment(
  layer: ImageLayer,
  { store, checksAll }: Pick<CatalogOptions, 'store' | 'checksAll'>,
): string | null {
  const { diffId } = layer
  if (store === null || diffId === null) return null
  return store.find(diffId) ?? store.find(keyOf(layer, diffId, checksAll))
}

function placeOf(
  layer: ImageLayer,
  at: number,
  { store, checksAll }: CatalogOptions,
  own: string,
): string {
  const { diffId } = layer
  if (diffId === null) return join(own, String(at))
  if (store === null) return join(own, diffId.replace(':', '-'))
  return store.placeOf(keyOf(layer, diffId, checksAll))
}

/**
 * Nobody checks that a layer is the one that it is said to be where it is walked by seeking. What is found in it is then
 * known of this file alone: another image that has the true one must not get what a false one holds.
 */
function keyOf({ blob, compression }: ImageLayer, diffId: string, checksAll: boolean): string {
  if (blob.kind !== 'file' || compression !== 'none' || checksAll) return diffId
  const { dev, ino, size, mtimeNs } = statSync(blob.path, { bigint: true })
  const said = [dev, ino, size, mtimeNs, blob.offset, blob.length].join(' ')
  return `${diffId}-of-${createHash('sha256').update(said).digest('hex').slice(0, 16)}`
}

interface Missing {
  layer: ImageLayer
  /** Counted from the lowest, 0. */
  at: number
  base: string
}

interface Reading {
  /** Of the image. */
  name: string
  own: string
  options: CatalogOptions
  /** Layers in memory, where all are held. */
  held: Uint8Array[]
  /** @param at of the layer, counted from 0 */
  onRead(at: number): void
  /** @throws what was wrong, where nothing would be left */
  onLeftOut(layer: Missing, error: StellaError): void
}

/**
 * Two at a time: in a thread, and in this one. What comes from a network is read here, and goes to the thread: there is
 * nothing faster than that.
 */
async function readAll(missing: readonly Missing[], reading: Reading): Promise<void> {
  const { options } = reading
  const bytes = missing.reduce((sum, { layer }) => sum + (layer.sizeBytes ?? 0), 0)
  const isHere = missing.every(({ layer }) => layer.blob.kind !== 'stream')
  const largest = Math.max(0, ...missing.map(({ layer }) => layer.sizeBytes ?? 0))
  // Here, the largest is read in this thread anyway.
  const isAlone = !options.hasThread || (isHere ? bytes - largest : bytes) < SMALL_BYTES
  let thread = isAlone ? null : startThread()
  // The largest first, so that the last one to be read is a small one.
  const queue = missing.toSorted((a, b) => (b.layer.sizeBytes ?? 0) - (a.layer.sizeBytes ?? 0))
  async function work(place: 'here' | 'thread'): Promise<void> {
    for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
      try {
        await readLayer(next, place === 'here' ? null : thread, reading)
      } catch (error) {
        if (options.leavesOut !== true || !isOfTheImage(error)) throw error
        reading.onLeftOut(next, error)
        // One that ran out of memory is gone.
        if (place === 'thread') {
          await thread?.end()
          thread = startThread()
        }
      }
      reading.onRead(next.at)
    }
  }
  try {
    const here = isAlone || isHere ? [work('here')] : []
    await Promise.all([...(isAlone ? [] : [work('thread')]), ...here])
  } finally {
    queue.length = 0
    await thread?.end()
  }
}

async function readLayer(
  { layer, at, base }: Missing,
  thread: LayerThread | null,
  { name, own, options, held }: Reading,
): Promise<void> {
  const { diffId, digest, compression, blob } = layer
  const what = layerName(at, name)
  const about = { diffId, digest, compression, fragment: base, scratchFolder: own }
  const run = (
    place: LayerJob['place'],
    chunks: AsyncIterable<Uint8Array> | null,
  ): Promise<JobResult> => {
    const job: LayerJob = { ...about, place, checksAll: options.checksAll }
    const { catalogers = CATALOGERS, signal } = options
    return thread === null
      ? carryOutJob(job, { catalogers, chunks, signal })
      : thread.run(job, chunks)
  }
  const { holds = 'none' } = options
  try {
    if (holds !== 'none' && (blob.kind === 'file' || blob.kind === 'stream')) {
      const bytes = await inMemory(blob, layer.sizeBytes, options.signal)
      if (holds === 'all') held.push(bytes)
      await run({ kind: 'memory', bytes }, null)
      return
    }
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
  const near = error.entry === null ? '' : `, near ${error.entry}`
  return usageError(`it ${error.message}${at}${near}`, what, error.todo)
}
