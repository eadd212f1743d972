/** Where content lies that has a digest: a registry, an OCI layout. */
import type { Compression, Descriptor } from '../../model/image.ts'
import type { BlobPlace } from './image.ts'

export interface ContentStore {
  /** A manifest, an index or a config, at most as long as its descriptor says; whoever asks checks its digest. */
  document(descriptor: Descriptor): Promise<Uint8Array>
  /** @param what the layer, for people */
  layer(descriptor: Descriptor, what: string): Promise<PlacedLayer>
}

export interface PlacedLayer {
  blob: BlobPlace
  /** As its first bytes tell; null where only the media type can. */
  compression: Compression | null
}

/** What lies in a folder or an archive by its path. */
export interface Members {
  /** For people. */
  name: string
  /** Links are followed; null where there is none. */
  find(path: string): Promise<Member | null>
}

export interface Member {
  sizeBytes: number
  compression: Compression
  /** sha256 of what passed by already, where it did. */
  seenDigest: string | null
  blob: BlobPlace
  /**
   * All of it.
   *
   * @throws StellaError 2 where it is longer than a document may be
   */
  read(): Promise<Uint8Array>
}
