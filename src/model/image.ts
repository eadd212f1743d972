/** Container images, in the words of https://github.com/opencontainers/image-spec */

/** A digest, of one of the two algorithms that the specification registers. */
export const DIGEST = /^(?:sha256:[0-9a-f]{64}|sha512:[0-9a-f]{128})$/

/** For which machines an image is; variant as `v7` of arm, null where there is none. */
export interface ImagePlatform {
  os: string
  architecture: string
  variant: string | null
}

/** What the user named. */
export type ImageReference =
  | { kind: 'engine'; engine: 'docker' | 'podman'; name: string }
  /**
   * Written by `docker save`, a folder with an OCI layout, or the same in a tar. `place` is a path, with `:` and a name or a
   * tag behind it where several images are in it.
   */
  | { kind: 'docker-archive' | 'oci' | 'oci-archive'; place: string }
  | { kind: 'registry'; name: RegistryName }
  /** The root folder of a file system. */
  | { kind: 'dir'; path: string }
  /** An archive on standard input. */
  | { kind: 'stdin' }
  /** Without a prefix: a path that exists, else an image of an engine, else of a registry. */
  | { kind: 'bare'; text: string }

/** The full name of an image in a registry. */
export interface RegistryName {
  /** Host, with its port where one is said: `docker.io`, `localhost:5000`. */
  host: string
  /** `library/debian`. */
  repository: string
  tag: string | null
  digest: string | null
}

/** What points to a piece of content. */
export interface Descriptor {
  mediaType: string
  digest: string
  sizeBytes: number
  platform: ImagePlatform | null
  annotations: Readonly<Record<string, string>>
  /** Where else it can be had: layers that a registry may not pass on. */
  urls: readonly string[]
}

/** What an image is made of. */
export interface ImageManifest {
  mediaType: string
  config: Descriptor
  layers: readonly Descriptor[]
}

/** The same image for several platforms. */
export interface ImageIndex {
  mediaType: string
  manifests: readonly Descriptor[]
}

/** What an image says of itself, and how it is started. Nothing secret: of the environment only the names. */
export interface ImageConfig {
  platform: ImagePlatform | null
  created: string | null
  /** sha256 of each layer's tar without compression, lowest first. */
  diffIds: readonly string[]
  history: readonly HistoryEntry[]
  entrypoint: readonly string[]
  command: readonly string[]
  environmentNames: readonly string[]
  user: string | null
  workingDirectory: string | null
  labels: Readonly<Record<string, string>>
}

export interface HistoryEntry {
  /** The command that made the layer, without secrets. */
  createdBy: string | null
  /** It changed no file, and has no layer. */
  isEmpty: boolean
}

export const COMPRESSIONS = ['none', 'gzip', 'zstd', 'unknown'] as const
/** How a layer is stored; unknown where its first bytes are to tell. */
export type Compression = (typeof COMPRESSIONS)[number]

/** As the command line takes it: `linux/arm/v7`. */
export function platformText({ os, architecture, variant }: ImagePlatform): string {
  return variant === null ? `${os}/${architecture}` : `${os}/${architecture}/${variant}`
}
