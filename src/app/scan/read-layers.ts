/** Reads the layers of an image wherever it comes from, with what is known of earlier ones. */
import { mkdirSync } from 'node:fs'
import { availableParallelism, tmpdir } from 'node:os'
import { catalogArchive } from '../../image/catalog-archive.ts'
import { catalogImage } from '../../image/catalog-image.ts'
import type { CataloguedLayers } from '../../image/catalog-image.ts'
import type { HeldLayers, LayerProgress } from '../../image/catalog-options.ts'
import { openFragmentStore } from '../../image/layer/fragment-store.ts'
import type { FragmentStore } from '../../image/layer/fragment-store.ts'
import type { OpenedImage, OpenedSource } from '../../image/source/image.ts'
import { CATALOGERS } from '../../sbom/catalogers/index.ts'

export interface ReadOptions {
  /** Where what is known of layers is kept for other images; null: nowhere. */
  cacheFolder: string | null
  /** Where large files may lie for a moment. */
  scratchFolder?: string
  /** Reads every byte of layers that could be walked by seeking, so that their digests are checked. */
  checksAll?: boolean
  /** Whether a second thread reads layers, too; it is faster, and costs 30 MiB. */
  hasThread?: boolean
  holds?: HeldLayers
  /** Layers that cannot be read are left out, and told as problems. */
  leavesOut?: boolean
  signal: AbortSignal
  onLayer?(progress: LayerProgress): void
}

/** @throws StellaError 2 where a layer is damaged, 3 where it cannot be had */
export async function readLayers(
  source: OpenedSource,
  {
    cacheFolder,
    scratchFolder = tmpdir(),
    hasThread = true,
    checksAll = false,
    ...rest
  }: ReadOptions,
): Promise<CataloguedLayers & { image: OpenedImage }> {
  mkdirSync(scratchFolder, { recursive: true })
  const options = {
    store: layerStore(cacheFolder),
    scratchFolder,
    hasThread: hasThread && availableParallelism() > 1,
    checksAll,
    ...rest,
  }
  if (source.kind === 'forward') return catalogArchive(source.archive, options)
  return { image: source.image, ...(await catalogImage(source.image, options)) }
}

export function layerStore(folder: string | null): FragmentStore | null {
  if (folder === null) return null
  return openFragmentStore({ folder, catalogers: CATALOGERS, now: Date.now })
}
