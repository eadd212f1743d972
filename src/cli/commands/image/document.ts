import type { Summaries } from '../../../app/scan/summaries.ts'
import type { LayerSummary } from '../../../image/layer/fragment.ts'
import type { ImageLayer, OpenedImage } from '../../../image/source/image.ts'

/** A layer as scripts get it. */
export function layerDocument(layer: ImageLayer, at: number, summary: LayerSummary | null) {
  const { sizeBytes, diffId, digest, compression, createdBy, blob } = layer
  return {
    index: at,
    size: sizeBytes,
    // Null where what is inside of it was not read.
    fileCount: summary?.files ?? null,
    diffId,
    digest,
    compression,
    createdBy,
    missing: blob.kind === 'absent' ? blob.says : null,
  }
}

/** `stella image inspect --json`; `size` is what runbooks ask for. */
export function imageDocument(image: OpenedImage, summaries: Summaries) {
  const { name, digest, configDigest, manifestMediaType, platform, config, layers } = image
  return {
    /** What `stella image inspect --json` prints. */
    schema: 'stella.image/1',
    name,
    size: storedBytes(layers),
    digest,
    configDigest,
    platform,
    created: config?.created ?? null,
    manifest: {
      mediaType: manifestMediaType,
      layerCount: layers.length,
      fileCount: filesOf(summaries),
    },
    config:
      config === null
        ? null
        : {
            entrypoint: config.entrypoint,
            command: config.command,
            environmentNames: config.environmentNames,
            user: config.user,
            workingDirectory: config.workingDirectory,
            labels: config.labels,
          },
    layers: layers.map((layer, at) => layerDocument(layer, at, summaries[at] ?? null)),
  }
}

/** Of all layers together, replaced ones too; null where one was not read. */
export function filesOf(summaries: Summaries): number | null {
  return summaries.reduce<number | null>(
    (sum, summary) => (sum === null || summary === null ? null : sum + summary.files),
    0,
  )
}

/** Of all layers; null where one does not say, as a folder. */
export function storedBytes(layers: readonly ImageLayer[]): number | null {
  let sum = 0
  for (const { sizeBytes } of layers) {
    if (sizeBytes === null) return null
    sum += sizeBytes
  }
  return sum
}
