/** What was counted in the layers of an image. */
import { knownFragment } from '../../image/catalog-image.ts'
import type { LayerSummary } from '../../image/layer/fragment.ts'
import { fragmentSummary } from '../../image/layer/read-fragment.ts'
import type { OpenedImage, OpenedSource } from '../../image/source/image.ts'
import { layerStore, readLayers } from './read-layers.ts'
import type { ReadOptions } from './read-layers.ts'

/** Lowest first; null where the layer was not read. */
export type Summaries = readonly (LayerSummary | null)[]

/** Reads nothing but what is known of earlier scans. */
export function knownSummaries(image: OpenedImage, cacheFolder: string | null): Summaries {
  const store = layerStore(cacheFolder)
  return image.layers.map((layer) => {
    const place = knownFragment(layer, { store, checksAll: false })
    return place === null ? null : fragmentSummary(place)
  })
}

/**
 * Reads the layers that are not known yet.
 *
 * @throws StellaError 2 where a layer is damaged, 3 where it cannot be had
 */
export async function readSummaries(
  source: OpenedSource,
  options: ReadOptions,
): Promise<{ image: OpenedImage; summaries: Summaries }> {
  const { image, layers, close } = await readLayers(source, options)
  try {
    return { image, summaries: layers.map(({ fragment }) => fragmentSummary(fragment)) }
  } finally {
    close()
  }
}
