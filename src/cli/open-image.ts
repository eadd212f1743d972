/** Opens an image wherever it is. Apart from the engine of the other commands: scanning has a small memory. */
import { openImage } from '../image/source/open.ts'
import type { OpenedSource } from '../image/source/image.ts'
import type { ImagePlatform, ImageReference } from '../model/image.ts'
import { imageEngines } from '../sources/docker/index.ts'
import { hostReader } from '../sources/reader.ts'
import type { CliIo } from './context.ts'

export interface NamedImage {
  /** As the user wrote it. */
  text: string
  reference: ImageReference
}

/** @throws StellaError 2 where it is no image, 3 where it cannot be had */
export function openNamedImage(
  { env, stdin }: Pick<CliIo, 'env' | 'stdin'>,
  { text, reference }: NamedImage,
  { platform, signal }: { platform: ImagePlatform | null; signal: AbortSignal },
): Promise<OpenedSource> {
  return openImage(
    reference,
    { name: text, platform },
    { env, stdin, signal, engines: (name) => imageEngines(hostReader({ env }), name) },
  )
}
