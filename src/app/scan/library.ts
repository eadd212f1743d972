/** The scanner for other programs: `import { scan } from 'stella/scanner'`. */
import { closeSource } from '../../image/source/close.ts'
import type { LayerProgress } from '../../image/catalog-options.ts'
import { parsePlatform } from '../../image/source/platform.ts'
import { parseImageReference } from '../../image/source/reference.ts'
import { SBOM_FORMATS } from '../../sbom/formats/index.ts'
import { VERSION } from '../version.ts'
import { openNamedImage } from './open.ts'
import { scanImage } from './scan-image.ts'
import type { Scan } from './scan-image.ts'

export { StellaError } from '../../model/errors.ts'
export type { Distribution, Occurrence, Package, PackageType } from '../../model/package.ts'
export type { SbomDocument, SbomPackage, SbomProblem, SbomSubject } from '../../sbom/document.ts'
export type { LayerProgress, Scan }

/** Documents as text in pieces, package by package. */
export const formats = SBOM_FORMATS

export interface ScanSettings {
  /** As `linux/arm64`; of an image for several platforms, without it, the one of this machine. */
  platform?: string
  /** Where what is known of layers is kept for other images; without it, nowhere. */
  cacheFolder?: string
  /** Where large files may lie for a moment; without it, where the system has such files. */
  scratchFolder?: string
  /** Reads every byte of layers that could be walked by seeking, so that their digests are checked. */
  checksAll?: boolean
  signal?: AbortSignal
  onLayer?(progress: LayerProgress): void
}

/**
 * Looks through an image. Close what it gives: files on disk belong to it.
 *
 * @param image as the command line takes it: `docker:web`, `oci:./layout`, `registry.example.org/app:1`
 * @throws StellaError 2 where it is no image or a damaged one, 3 where it cannot be had
 */
export async function scan(image: string, settings: ScanSettings = {}): Promise<Scan> {
  const { platform, cacheFolder = null, signal = new AbortController().signal, ...rest } = settings
  const source = await openNamedImage(
    { text: image, reference: parseImageReference(image) },
    {
      platform: platform === undefined ? null : parsePlatform(platform),
      env: process.env,
      stdin: () => process.stdin,
      signal,
    },
  )
  try {
    return await scanImage(source, { ...rest, cacheFolder, signal, version: VERSION })
  } finally {
    await closeSource(source)
  }
}
