import { closeSource } from '../../../image/source/close.ts'
import type { OpenedImage, OpenedSource } from '../../../image/source/image.ts'
import type { CliContext } from '../../context.ts'
import { openNamedImage } from '../../../app/scan/open.ts'
import type { NamedImage } from '../../../app/scan/open.ts'
import type { ImageFlags } from './flags.ts'

/**
 * Opens an image, lets `look` see it first where it passes by once, and gives it closed. Leaves in good order when it is
 * interrupted.
 *
 * @param look reads layers where the command needs them
 */
export async function withImage(
  { io }: CliContext,
  named: NamedImage,
  { platform }: ImageFlags,
  look: (source: OpenedSource, signal: AbortSignal) => Promise<OpenedImage>,
): Promise<OpenedImage> {
  const stop = new AbortController()
  const source = await openNamedImage(named, {
    platform: platform ?? null,
    env: io.env,
    stdin: io.stdin,
    signal: stop.signal,
  })
  try {
    return await look(source, stop.signal)
  } finally {
    await closeSource(source)
    stop.abort()
  }
}

/** Passes over the layers of what can only be read once. */
export async function passedOver(source: OpenedSource, signal: AbortSignal): Promise<OpenedImage> {
  if (source.kind === 'image') return source.image
  for await (const _member of source.archive.members(signal));
  return source.archive.resolve()
}
