/** What every source of images gives, and what reads layers asks for. */
import type { Compression, ImageConfig, ImagePlatform } from '../../model/image.ts'

/** An image whose layers can be read in any order, or an archive that can only be read once. */
export type OpenedSource =
  | { kind: 'image'; image: OpenedImage<BlobPlace> }
  | { kind: 'forward'; archive: ForwardArchive }

/** @typeParam Place where the bytes of its layers can be: it depends on what was opened */
export interface OpenedImage<Place = BlobPlace | PassedPlace> {
  /** As the user named it. */
  name: string
  /** Of the manifest; null where the format has none. */
  digest: string | null
  manifestMediaType: string | null
  configDigest: string | null
  platform: ImagePlatform | null
  /** Null for the root folder of a file system. */
  config: ImageConfig | null
  /** Lowest first. */
  layers: readonly ImageLayer<Place>[]
  close(): Promise<void>
}

export interface ImageLayer<Place = BlobPlace | PassedPlace> {
  /** sha256 of the tar without compression, as the config states it; null for a folder. */
  diffId: string | null
  /** Of the blob as stored; null where the format does not state it. */
  digest: string | null
  /** As stored; null for a folder. */
  sizeBytes: number | null
  compression: Compression
  /** The command that made it, without secrets. */
  createdBy: string | null
  blob: Place
}

/** Where the bytes of a layer are in an image that can be read in any order. */
export type BlobPlace =
  /** A part of a file: whoever reads it, seeks. Its digest is not checked yet, see `verifiedBytes`. */
  | { kind: 'file'; path: string; offset: number; length: number }
  /** Checked while it is read, and may be opened again. A chunk is valid until the next is asked for. */
  | { kind: 'stream'; open(signal: AbortSignal): AsyncIterable<Uint8Array> }
  /** No tar: the files themselves. */
  | { kind: 'folder'; path: string }
  | Absent

/** Where they were in a {@link ForwardArchive}: its member with this path, which has passed by. */
export type PassedPlace = { kind: 'member'; path: string } | Absent

/** They are not to be had: one sentence without a full stop. */
export interface Absent {
  kind: 'absent'
  says: string
}

/**
 * An archive that passes by once: standard input, an engine, a packed file. What names the layers may stand at its end, so
 * each member that can be one is offered as it comes, and `resolve` tells afterwards which of them the image has.
 */
export interface ForwardArchive {
  name: string
  /** To be asked for once. A member can be read until the next is asked for; one that is not read is passed over. */
  members(signal: AbortSignal): AsyncIterable<ForwardMember>
  /**
   * The image; after the last member.
   *
   * @throws StellaError 2 where there is no such image, or a member is not what its digest says
   */
  resolve(): Promise<OpenedImage<PassedPlace>>
  close(): Promise<void>
}

/** A member that is, or may be, a layer. */
export interface ForwardMember {
  /** Its name for {@link PassedPlace}. */
  path: string
  sizeBytes: number
  compression: Compression
  /** What its name claims, as `blobs/sha256/…` does; it is checked when all was read. */
  digest: string | null
  /** Once. Ends with StellaError 2 where the digest is wrong or the archive breaks off. */
  bytes(): AsyncIterable<Uint8Array>
}
