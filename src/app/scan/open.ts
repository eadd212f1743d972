/** Opens an image wherever it is: by the engines of this machine, too. */
import { openImage } from '../../image/source/open.ts'
import type { OpenedSource } from '../../image/source/image.ts'
import type { ImagePlatform, ImageReference } from '../../model/image.ts'
import { imageEngines } from '../../sources/docker/index.ts'
import { hostReader } from '../../sources/reader.ts'

export interface NamedImage {
  /** As the user wrote it. */
  text: string
  reference: ImageReference
}

export interface OpenOptions {
  /** Which image of several; null: the one of this machine. */
  platform: ImagePlatform | null
  env: Readonly<Record<string, string | undefined>>
  stdin(): AsyncIterable<Uint8Array>
  signal: AbortSignal
}

/** @throws StellaError 2 where it is no image, 3 where it cannot be had */
export function openNamedImage(
  { text, reference }: NamedImage,
  { platform, env, stdin, signal }: OpenOptions,
): Promise<OpenedSource> {
  return openImage(
    reference,
    { name: text, platform },
    { env, stdin, signal, engines: (name) => imageEngines(hostReader({ env }), name) },
  )
}
