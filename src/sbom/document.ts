/** What an SBOM is made of, whatever format it is written in. */
import type { ImagePlatform } from '../model/image.ts'
import type { Distribution, Occurrence, Package } from '../model/package.ts'
import { isOfDistribution } from './purl.ts'

/** What was looked at: an image, or a folder, which has no digests and no layers. */
export interface SbomSubject {
  /** As the user gave it. */
  name: string
  /** As `sha256:…`; null where there is none. */
  manifestDigest: string | null
  configDigest: string | null
  platform: ImagePlatform | null
  distribution: Distribution | null
  /** From the lowest up. */
  layers: readonly { diffId: string; sizeBytes: number }[]
}

export interface SbomPackage {
  package: Package
  purl: string
  occurrences: readonly Occurrence[]
}

/** What could not be read, so that packages may be missing. */
export interface SbomProblem {
  /** One sentence without a full stop. */
  says: string
  path: string | null
  /** A diff_id. */
  layer: string | null
}

export interface SbomDocument {
  subject: SbomSubject
  /** Sorted by purl, each purl once. Formats ask for them several times, and get the same each time. */
  packages(): Iterable<SbomPackage> | AsyncIterable<SbomPackage>
  /** Asked for several times as well. */
  problems(): Iterable<SbomProblem>
  /** The version of stella. */
  version: string
  /** What the document says of its own age: SOURCE_DATE_EPOCH, or when the image was made. No clock is read. */
  created: Date | null
  /**
   * Anything that is another where the packages are others, as a digest of them; null where nobody knows it. The name of
   * a document comes before its packages, and cannot be made of them.
   */
  contentDigest: string | null
}

/** A format: the text of a document in pieces, whose bytes are the same for the same document. */
export type SbomFormat = (document: SbomDocument) => AsyncGenerator<string>

/** The name of a package as its own ecosystem writes it: `@babel/core`, `org.slf4j:slf4j-api`. */
export function packageName({ type, namespace, name }: Package): string {
  if (namespace === null || isOfDistribution(type)) return name
  return `${namespace}${type === 'maven' ? ':' : '/'}${name}`
}

/** A problem as one sentence that says where, too. */
export function problemSentence({ says, path, layer }: SbomProblem): string {
  const place = [path, layer === null ? null : `layer ${layer}`].filter((part) => part !== null)
  return place.length === 0 ? says : `${place.join(', ')}: ${says}`
}
