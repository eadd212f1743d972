/** Reads the layers of an image of which nothing is known yet. */
import type { StellaError } from '../model/errors.ts'
import { usageError } from '../model/errors.ts'
import { CATALOGERS } from '../sbom/catalogers/index.ts'
import type { CatalogOptions } from './catalog-options.ts'
import { carryOutJob } from './layer/job.ts'
import type { JobResult, LayerJob } from './layer/job.ts'
import { named } from './layer/layer-error.ts'
import { startThread } from './layer/layer-thread.ts'
import type { LayerThread } from './layer/layer-thread.ts'
import { isOfTheImage } from './left-out.ts'
import { inMemory } from './source/in-memory.ts'
import type { BlobPlace, ImageLayer } from './source/image.ts'
import { layerName } from './source/resolve.ts'

/** Together below it, layers are read here: a thread takes longer to start. */
const SMALL_BYTES = 4 * 1024 * 1024

/** A layer of which nothing is known yet. */
export interface MissingLayer {
  layer: ImageLayer<BlobPlace>
  /** Counted from the lowest, 0. */
  at: number
  base: string
}

export interface Reading {
  /** Of the image. */
  name: string
  /** A folder for this image alone. */
  own: string
  options: CatalogOptions
  /** Layers in memory, where all are held. */
  held: Uint8Array[]
  /** @param at of the layer, counted from 0 */
  onRead(at: number): void
  /** @throws what was wrong, where nothing would be left */
  onLeftOut(layer: MissingLayer, error: StellaError): void
}

/**
 * Two at a time: in a thread, and in this one. What comes from a network is read here, and goes to the thread: there is
 * nothing faster than that.
 */
export async function readMissing(
  missing: readonly MissingLayer[],
  reading: Reading,
): Promise<void> {
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
  { layer, at, base }: MissingLayer,
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
      case 'absent':
        throw usageError(blob.says, what, 'get the image in another way')
    }
  } catch (error) {
    throw named(error, what)
  }
}
