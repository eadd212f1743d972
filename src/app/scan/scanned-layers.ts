/** What a scan has found out about each layer. */
import type { ScannedLayer } from '../../model/scan-profile.ts'
import { fragmentSummary } from '../../image/layer/read-fragment.ts'
import type { Scan } from './scan-image.ts'

/** A command may be a whole program. */
const LONGEST_COMMAND = 200

/** Lowest first, with the number of all packages. */
export async function scannedLayers({
  image,
  layers: { layers },
  document,
}: Pick<Scan, 'image' | 'layers' | 'document'>): Promise<{
  layers: readonly ScannedLayer[]
  packages: number
}> {
  const counts = new Map<string | null, number>()
  let packages = 0
  for await (const { occurrences } of document.packages()) {
    packages++
    for (const diffId of new Set(occurrences.map(({ layer }) => layer))) {
      counts.set(diffId, (counts.get(diffId) ?? 0) + 1)
    }
  }
  const found = layers.map(({ diffId, fragment, wasKnown }, at) => {
    const layer = image.layers[at]
    const summary = fragmentSummary(fragment)
    // The same layer again hides what it brought before.
    const isLast = layers.findLastIndex((each) => each.diffId === diffId) === at
    return {
      digest: layer?.digest ?? null,
      diffId,
      storedBytes: layer?.sizeBytes ?? null,
      unpackedBytes: summary?.fileBytes ?? null,
      files: summary?.files ?? null,
      packages: isLast ? (counts.get(diffId) ?? 0) : 0,
      wasKnown,
      createdBy: layer?.createdBy?.slice(0, LONGEST_COMMAND) ?? null,
    }
  })
  return { layers: found, packages }
}
