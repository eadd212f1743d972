/** Images of given layers in every form, and what a scan finds in them. */
import { tmpdir } from 'node:os'
import { gzipSync, zstdCompressSync } from 'node:zlib'
import { scanImage } from '../../src/app/scan/scan-image.ts'
import { SBOM_FORMATS } from '../../src/sbom/formats/index.ts'
import { descriptorOf, layoutOf, MANIFEST, packedImage } from './image-files.ts'
import type { Files, LayerPacking, SampleImage } from './image-files.ts'
import { open } from './opened.ts'

const severalMembers = (tar: Buffer): Buffer =>
  Buffer.concat([gzipSync(tar.subarray(0, 700)), gzipSync(tar.subarray(700))])
export const PACKINGS = {
  plain: { pack: (tar: Buffer): Buffer => tar, suffix: '' },
  gzip: { pack: (tar: Buffer): Buffer => gzipSync(tar), suffix: '+gzip' },
  'gzip of several members': { pack: severalMembers, suffix: '+gzip' },
  zstd: { pack: (tar: Buffer): Buffer => zstdCompressSync(tar), suffix: '+zstd' },
} as const

export function imageOf(
  tars: readonly Buffer[],
  packing: LayerPacking = PACKINGS.gzip,
): SampleImage {
  return packedImage(tars, packing, { config: {} })
}

export const layout = (image: SampleImage): Files =>
  layoutOf([image], [descriptorOf(image.manifest, MANIFEST)])

export interface Scanned {
  purls: readonly string[]
  document: string
  /** What could not be read. */
  problems: readonly string[]
  hits: number
  misses: number
}

export async function scanned(
  text: string,
  cacheFolder: string | null = null,
  stdin: Buffer | null = null,
  leavesOut = false,
): Promise<Scanned> {
  const source = await open(text, {
    stdin: async function* () {
      if (stdin === null) return
      for (let at = 0; at < stdin.length; at += 10_000) yield stdin.subarray(at, at + 10_000)
    },
  })
  const { document, layers, close } = await scanImage(source, {
    cacheFolder,
    scratchFolder: tmpdir(),
    version: '1.0.0',
    leavesOut,
    signal: new AbortController().signal,
  })
  try {
    let all = ''
    for await (const piece of SBOM_FORMATS.cyclonedx(document)) all += piece
    const purls: string[] = []
    for await (const { purl } of document.packages()) purls.push(purl)
    const problems: string[] = []
    for (const { path, says } of document.problems()) problems.push(`${path}: ${says}`)
    return { purls, problems, document: all, hits: layers.hits, misses: layers.misses }
  } finally {
    close()
    await (source.kind === 'image' ? source.image.close() : source.archive.close())
  }
}
