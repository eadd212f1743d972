import type { OpenedSource } from './image.ts'

/** Gives up what a source was opened from; may be called however far it was read. */
export function closeSource(source: OpenedSource): Promise<void> {
  return source.kind === 'image' ? source.image.close() : source.archive.close()
}
