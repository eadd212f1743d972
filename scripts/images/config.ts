import type { Layer } from './image.ts'
import { FIXED_TIME_SECONDS } from './tar.ts'

/** The config of an image, as Docker and OCI have it. */
export function configOf(layers: readonly Layer[], diffIds: readonly string[]): object {
  const created = new Date(FIXED_TIME_SECONDS * 1_000).toISOString()
  return {
    created,
    architecture: 'amd64',
    os: 'linux',
    config: {},
    rootfs: { type: 'layers', diff_ids: diffIds },
    history: layers.map(({ createdBy }) => ({ created, created_by: createdBy })),
  }
}
