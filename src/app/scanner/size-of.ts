import { parsePlatform } from '../../image/source/platform.ts'
import { parseImageReference } from '../../image/source/reference.ts'
import { openNamedImage } from '../scan/open.ts'

const LOOK_MS = 30_000

/** What the blobs of an image take as they are stored, without reading them; null: nobody can tell. */
export async function sizeOf(image: string, platform: string | null): Promise<number | null> {
  const opened = await openNamedImage(
    { text: image, reference: parseImageReference(image) },
    {
      platform: platform === null ? null : parsePlatform(platform),
      env: process.env,
      stdin: () => process.stdin,
      signal: AbortSignal.timeout(LOOK_MS),
    },
  )
  if (opened.kind === 'forward') {
    await opened.archive.close()
    return null
  }
  const { layers } = opened.image
  await opened.image.close()
  return layers.some(({ sizeBytes }) => sizeBytes === null)
    ? null
    : layers.reduce((sum, { sizeBytes }) => sum + (sizeBytes ?? 0), 0)
}
