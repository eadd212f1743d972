import { readdirSync, statSync } from 'node:fs'
import { unreachableError } from '../../model/errors.ts'
import type { BlobPlace, OpenedImage } from './image.ts'
import { unreadable } from './trouble.ts'

/** What every root of a file system has some of. */
const SIGNS: readonly string[] = ['bin', 'etc', 'lib', 'root', 'usr', 'var']

/** Whether a folder looks like the root of a file system: a folder may have the name of an image by chance. */
export function looksLikeRoot(names: readonly string[]): boolean {
  return SIGNS.filter((sign) => names.includes(sign)).length >= 2
}

/**
 * The root folder of a file system as an image of one layer.
 *
 * @throws StellaError 3
 */
export function openRootFolder(path: string, name: string): OpenedImage<BlobPlace> {
  try {
    if (!statSync(path).isDirectory()) {
      throw unreachableError(
        'it is no folder',
        path,
        'name the root folder of a file system, or an archive without dir:',
      )
    }
    readdirSync(path)
  } catch (error) {
    throw unreadable(error, path)
  }
  return {
    name,
    digest: null,
    manifestMediaType: null,
    configDigest: null,
    platform: null,
    config: null,
    layers: [
      {
        diffId: null,
        digest: null,
        sizeBytes: null,
        compression: 'none',
        createdBy: null,
        blob: { kind: 'folder', path },
      },
    ],
    close: async () => {},
  }
}
