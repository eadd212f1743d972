/** Looks through an image: its layers, and the packages that they show together. */
import { createHash } from 'node:crypto'
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { availableParallelism, tmpdir } from 'node:os'
import { join } from 'node:path'
import { catalogArchive } from '../../image/catalog-archive.ts'
import { catalogImage } from '../../image/catalog-image.ts'
import type { CataloguedLayers, CatalogOptions, LayerProgress } from '../../image/catalog-image.ts'
import { openFragmentStore } from '../../image/layer/fragment-store.ts'
import type { OpenedImage, OpenedSource } from '../../image/source/image.ts'
import { packagesOf } from '../../image/squash/packages.ts'
import type { ImagePackages } from '../../image/squash/packages.ts'
import { CATALOGERS } from '../../sbom/catalogers/index.ts'
import type { SbomDocument } from '../../sbom/document.ts'

export interface ScanOptions {
  /** Where what is known of layers is kept for other images; null: nowhere. */
  cacheFolder: string | null
  /** Where large files may lie for a moment. */
  scratchFolder?: string
  /** Reads every byte of layers that could be walked by seeking, so that their digests are checked. */
  checksAll?: boolean
  /** The version of stella, which stands in the document. */
  version: string
  /** What the document says of its own age; null: when the image was made. */
  created?: Date | null
  signal: AbortSignal
  onPhase?(phase: ScanPhase): void
  onLayer?(progress: LayerProgress): void
}

/** What it does, in this order; the document is written afterwards, by whoever asked. */
export type ScanPhase = 'read layers' | 'join layers'

export interface Scan {
  image: OpenedImage
  document: SbomDocument
  layers: Pick<CataloguedLayers, 'hits' | 'misses'>
  /** Deletes what was on disk for it; the document cannot be read afterwards. */
  close(): void
}

/**
 * Looks through an image that was opened.
 *
 * @throws StellaError 2 where a layer is damaged, 3 where it cannot be had
 */
export async function scanImage(source: OpenedSource, options: ScanOptions): Promise<Scan> {
  const scratchFolder = options.scratchFolder ?? tmpdir()
  mkdirSync(scratchFolder, { recursive: true })
  const catalogOptions: CatalogOptions = {
    store:
      options.cacheFolder === null
        ? null
        : openFragmentStore({ folder: options.cacheFolder, catalogers: CATALOGERS, now: Date.now }),
    scratchFolder,
    hasThread: availableParallelism() > 1,
    checksAll: options.checksAll ?? false,
    signal: options.signal,
    ...(options.onLayer === undefined ? {} : { onLayer: options.onLayer }),
  }
  options.onPhase?.('read layers')
  const { image, ...catalogued } = await readLayers(source, catalogOptions)
  options.onPhase?.('join layers')
  const own = mkdtempSync(join(scratchFolder, 'stella-packages-'))
  try {
    const packages = packagesOf(catalogued.layers, own)
    return {
      image,
      document: documentOf(image, packages, options),
      layers: catalogued,
      close() {
        packages.close()
        catalogued.close()
        rmSync(own, { recursive: true, force: true })
      },
    }
  } catch (error) {
    catalogued.close()
    rmSync(own, { recursive: true, force: true })
    throw error
  }
}

async function readLayers(
  source: OpenedSource,
  options: CatalogOptions,
): Promise<CataloguedLayers & { image: OpenedImage }> {
  if (source.kind === 'forward') return catalogArchive(source.archive, options)
  return { image: source.image, ...(await catalogImage(source.image, options)) }
}

function documentOf(
  image: OpenedImage,
  { distribution, packages, problems }: ImagePackages,
  { version, created = null }: ScanOptions,
): SbomDocument {
  const stated = Date.parse(image.config?.created ?? '')
  return {
    subject: {
      name: image.name,
      manifestDigest: image.digest,
      configDigest: image.configDigest,
      platform: image.platform,
      distribution,
      layers: image.layers.flatMap(({ diffId, sizeBytes }) =>
        diffId === null ? [] : [{ diffId, sizeBytes: sizeBytes ?? 0 }],
      ),
    },
    packages,
    problems,
    version,
    created: created ?? (Number.isNaN(stated) ? null : new Date(stated)),
    contentDigest: digestOf(packages()),
  }
}

/** Of all packages and where they lie. */
function digestOf(packages: ReturnType<ImagePackages['packages']>): string {
  const hash = createHash('sha256')
  for (const { purl, occurrences } of packages) {
    hash.update(`${purl}\n`)
    for (const { path, layer } of occurrences) hash.update(`${path}\t${layer ?? ''}\n`)
  }
  return `sha256:${hash.digest('hex')}`
}
