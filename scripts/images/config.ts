import type { Layer } from './image.ts'
import { FIXED_TIME_SECONDS } from './tar.ts'

/** What an image says of itself, beside its layers. */
export interface ImageWords {
  /** In seconds since 1970. */
  created: number
  /** How a container of it is started. */
  config: object
  /** Of the manifest. */
  annotations: Readonly<Record<string, string>>
  /** Of the manifest in the index. */
  tag: string
}

/** Of images that nobody starts. */
export const FEW_WORDS: ImageWords = {
  created: FIXED_TIME_SECONDS,
  config: {},
  annotations: {},
  tag: 'latest',
}

/** The config of an image, as Docker and OCI have it. */
export function configOf(
  layers: readonly Layer[],
  diffIds: readonly string[],
  words = FEW_WORDS,
): object {
  const created = new Date(words.created * 1_000).toISOString()
  return {
    created,
    architecture: 'amd64',
    os: 'linux',
    config: words.config,
    rootfs: { type: 'layers', diff_ids: diffIds },
    history: layers.map(({ createdBy }) => ({ created, created_by: createdBy })),
  }
}
