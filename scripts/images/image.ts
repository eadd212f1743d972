import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import { tarBytes, tarOf } from './tar.ts'
import type { Entry } from './tar.ts'

/** `members`: gzip in many members, as what can be read at any place is packed. */
export type LayerPacking = 'none' | 'gzip' | 'zstd' | 'members'

/** A layer that is made while it is read, as often as it is read. */
export interface Layer {
  /** Of the tar. */
  bytes: number
  createdBy: string
  /** In an OCI layout; gzip where nothing is said. */
  packing?: LayerPacking
  /** Of its blob: cut in half before anybody took its digest, or changed afterwards. */
  damage?: 'cut' | 'changed'
  chunks(): AsyncIterable<Uint8Array> | Iterable<Uint8Array>
}

/** What is in an image, as those know it who put it there. */
export interface Truth {
  /** `NAME@VERSION` by the type of the purl, each once; the name as in a purl, with its namespace where its ecosystem has one. */
  packages: Readonly<Record<string, readonly string[]>>
  /** How each was counted. */
  by: Readonly<Record<string, string>>
}

export interface Recipe {
  about: string
  /** In which forms it lies on disk; none: it is only ever a stream. */
  forms: readonly ('oci' | 'docker')[]
  /** It was made to do harm: an answer that it is no good image is a good one. */
  mayBeRefused?: boolean
  /** The layers, lowest first. They may lie in `folder`, which is deleted afterwards. */
  make(folder: string): Promise<{ layers: readonly Layer[]; truth: Truth }>
}

/** Entries are asked for again with each reading. */
export function layerOf(createdBy: string, entries: () => Iterable<Entry>): Layer {
  return { createdBy, bytes: tarBytes(entries()), chunks: () => tarOf(entries()) }
}

/** The truth of an image whose packages were made up. */
export function written(packages: Truth['packages']): Truth {
  const by = Object.fromEntries(Object.keys(packages).map((type) => [type, 'as it was written']))
  return { packages, by }
}

/** A layer that lies in a tar file. */
export async function layerIn(createdBy: string, path: string): Promise<Layer> {
  const { size } = await stat(path)
  return {
    createdBy,
    bytes: size,
    chunks: () => createReadStream(path, { highWaterMark: 1 << 20 }),
  }
}
