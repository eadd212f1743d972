import { knownSummaries, readSummaries } from '../../../app/scan/summaries.ts'
import type { Summaries } from '../../../app/scan/summaries.ts'
import type { OpenedImage } from '../../../image/source/image.ts'
import type { CliContext } from '../../context.ts'
import { layerCacheFolder } from '../../layer-cache.ts'
import type { NamedImage } from '../../../app/scan/open.ts'
import type { ImageFlags } from './flags.ts'
import { passedOver, withImage } from './with-image.ts'

/** An image, and what is counted in its layers: read where it `isWanted`, else what earlier scans know. */
export async function counted(
  context: CliContext,
  flags: ImageFlags,
  named: NamedImage,
  isWanted: boolean,
): Promise<{ image: OpenedImage; summaries: Summaries }> {
  const cacheFolder = layerCacheFolder(context.io.env)
  let read: Summaries | null = null
  const image = await withImage(context, named, flags, async (source, signal) => {
    if (!isWanted) return passedOver(source, signal)
    const answer = await readSummaries(source, { cacheFolder, signal })
    read = answer.summaries
    return answer.image
  })
  return { image, summaries: read ?? knownSummaries(image, cacheFolder) }
}
