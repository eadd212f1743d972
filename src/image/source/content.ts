/** Where content lies that has a digest: a registry, an OCI layout. */
import type { Compression, Descriptor } from '../../model/image.ts'

/** @typeParam Place where it can say that a layer is, as in an `OpenedImage` */
export interface ContentStore<Place> {
  /** A manifest, an index or a config, at most as long as its descriptor says; whoever asks checks its digest. */
  document(descriptor: Descriptor): Promise<Uint8Array>
  /** @param what the layer, for people */
  layer(descriptor: Descriptor, what: string): Promise<PlacedLayer<Place>>
}

export interface PlacedLayer<Place> {
  blob: Place
  /** As its first bytes tell; null where only the media type can. */
  compression: Compression | null
}

/** What lies in a folder or an archive by its path. */
export interface Members<Place> {
  /** For people. */
  name: string
  /** Links are followed; null where there is none. */
  find(path: string): Promise<Member<Place> | null>
}

export interface Member<Place> {
  sizeBytes: number
  compression: Compression
  /** sha256 of what passed by already, where it did. */
  seenDigest: string | null
  blob: Place
  /**
   * All of it.
   *
   * @throws StellaError 2 where it is longer than a document may be
   */
  read(): Promise<Uint8Array>
}
