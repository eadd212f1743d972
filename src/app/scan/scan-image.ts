/** Looks through an image: its layers, and the packages that they show together. */
import { createHash } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { CataloguedLayers } from '../../image/catalog-image.ts'
import type { OpenedImage, OpenedSource } from '../../image/source/image.ts'
import { packagesOf } from '../../image/squash/packages.ts'
import type { ImagePackages } from '../../image/squash/packages.ts'
import type { SbomDocument } from '../../sbom/document.ts'
import { readLayers } from './read-layers.ts'
import type { ReadOptions } from './read-layers.ts'

export interface ScanOptions extends ReadOptions {
  /** The version of stella, which stands in the document. */
  version: string
  /** What the document says of its own age; null: when the image was made. */
  created?: Date | null
  onPhase?(phase: ScanPhase): void
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
  options.onPhase?.('read layers')
  const { image, ...catalogued } = await readLayers(source, options)
  options.onPhase?.('join layers')
  const own = mkdtempSync(join(options.scratchFolder ?? tmpdir(), 'stella-packages-'))
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
