import type { ImagePlatform } from '../../model/image.ts'

/** What a container engine can be asked about its images. */
export interface ImageEngine {
  name: 'docker' | 'podman'
  has(image: string, signal: AbortSignal): Promise<HasImage>
  /** The image as a Docker archive; throws StellaError 3 where the engine stops. */
  save(
    image: string,
    platform: ImagePlatform | null,
    signal: AbortSignal,
  ): AsyncIterable<Uint8Array>
}

export type HasImage =
  | { outcome: 'yes' }
  | { outcome: 'no' }
  /** Why it cannot be asked, as a sentence without a full stop; it says where the engine was asked. */
  | { outcome: 'unreachable'; says: string }
