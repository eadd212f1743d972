/** The two families of media types: Docker's version 2, schema 2, and OCI's. */
import type { Compression } from '../../model/image.ts'

const DOCKER = 'application/vnd.docker.'
const OCI = 'application/vnd.oci.image.'

export const INDEX_TYPES: readonly string[] = [
  `${OCI}index.v1+json`,
  `${DOCKER}distribution.manifest.list.v2+json`,
]
export const MANIFEST_TYPES: readonly string[] = [
  `${OCI}manifest.v1+json`,
  `${DOCKER}distribution.manifest.v2+json`,
]
export const CONFIG_TYPES: readonly string[] = [
  `${OCI}config.v1+json`,
  `${DOCKER}container.image.v1+json`,
]

/** What a client says that it understands. */
export const ACCEPTED = [...INDEX_TYPES, ...MANIFEST_TYPES].join(', ')

const LAYER =
  /^application\/vnd\.(?:docker\.image\.rootfs\.(?:foreign\.)?diff\.tar(?:\.(gzip|zstd))?|oci\.image\.layer\.(?:nondistributable\.)?v1\.tar(?:\+(gzip|zstd))?)$/

/** How a layer of this type is compressed; null: it is no layer that can be read, as one that is encrypted. */
export function layerCompression(mediaType: string): Compression | null {
  const match = LAYER.exec(mediaType)
  if (match === null) return null
  const said = match[1] ?? match[2]
  return said === 'gzip' || said === 'zstd' ? said : 'none'
}
