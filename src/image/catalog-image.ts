/** Reads the layers of an image that are not known yet, and gives what is known of all of them. */
import { createHash } from 'node:crypto'
import { mkdtempSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import type { CatalogOptions } from './catalog-options.ts'
import { leaveOut } from './left-out.ts'
import { readMissing } from './read-missing.ts'
import type { BlobPlace, ImageLayer, OpenedImage } from './source/image.ts'
import type { SquashedLayer } from './squash/squash.ts'

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

/**
 * @throws StellaError 2 where a layer is damaged, or another than the image says; what opening a layer throws
 */
export async function catalogImage(
  image: OpenedImage<BlobPlace>,
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
    await readMissing(missing, {
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
