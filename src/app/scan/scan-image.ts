/** Looks through an image: its layers, and the packages that they show together. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { CataloguedLayers } from '../../image/catalog-image.ts'
import type { OpenedImage, OpenedSource } from '../../image/source/image.ts'
import { keepPackages, keptPackages, keptPlace } from '../../image/squash/kept-packages.ts'
import { packagesOf } from '../../image/squash/packages.ts'
import type { ImagePackages } from '../../image/squash/packages.ts'
import type { SquashedLayer } from '../../image/squash/squash.ts'
import type { ScanPhase } from '../../model/scan-profile.ts'
import type { SbomDocument } from '../../sbom/document.ts'
import { readLayers } from './read-layers.ts'
import type { ReadOptions } from './read-layers.ts'

export interface ScanOptions extends ReadOptions {
  /** The version of stella, which stands in the document. */
  version: string
  /** What the document says of its own age; null: when the image was made. */
  created?: Date | null
  /** What comes before and afterwards, whoever asked for it does. */
  onPhase?(phase: Extract<ScanPhase, 'read layers' | 'join layers'>): void
}

export interface Scan {
  image: OpenedImage
  document: SbomDocument
  layers: Pick<CataloguedLayers, 'layers' | 'hits' | 'misses'>
  /** Deletes what was on disk for it; the document cannot be read afterwards. */
  close(): void
}

/**
 * Looks through an image that was opened.
 *
 * @throws StellaError 2 where a layer is damaged, 3 where it cannot be had
 */
export async function scanImage(source: OpenedSource, options: ScanOptions): Promise<Scan> {
  options.onPhase?.('read layers')
  const { image, ...catalogued } = await readLayers(source, options)
  options.onPhase?.('join layers')
  const own = mkdtempSync(join(options.scratchFolder ?? tmpdir(), 'stella-packages-'))
  try {
    const packages = packagesIn(catalogued.layers, own, options.cacheFolder)
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

function packagesIn(
  layers: readonly SquashedLayer[],
  scratchFolder: string,
  cacheFolder: string | null,
): ImagePackages {
  const place = keptPlace(layers, cacheFolder)
  const kept = place === null ? null : keptPackages(place, Date.now())
  if (kept !== null) return kept
  const found = packagesOf(layers, scratchFolder)
  if (place !== null) keepPackages(place, found)
  return found
}

function documentOf(
  image: OpenedImage,
  { distribution, digest, packages, problems }: ImagePackages,
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
    contentDigest: digest,
  }
}
