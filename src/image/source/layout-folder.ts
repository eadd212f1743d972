import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import { compressionOf, HEAD_BYTES } from './archive/kind.ts'
import { filled, readPart, withFile } from './archive/tar-index.ts'
import type { Members } from './content.ts'
import type { BlobPlace } from './image.ts'
import { errorCode } from '../../model/error-code.ts'
import { unreadable } from './trouble.ts'

/** The files of a folder with an OCI layout. Blobs may be links: build tools make such folders. */
export function folderMembers(folder: string): Members<BlobPlace> {
  return {
    name: folder,
    async find(wanted) {
      const path = join(folder, wanted)
      const sizeBytes = await fileSize(path)
      if (sizeBytes === null) return null
      const head = Buffer.alloc(Math.min(HEAD_BYTES, sizeBytes))
      await withFile(path, (file) => filled(file, head, 0))
      return {
        sizeBytes,
        compression: compressionOf(head),
        seenDigest: null,
        blob: { kind: 'file', path, offset: 0, length: sizeBytes },
        read: () => readPart(path, { offset: 0, sizeBytes }, wanted),
      }
    },
  }
}

/** Null where there is no file: a pipe or a device would be waited for. */
async function fileSize(path: string): Promise<number | null> {
  try {
    const found = await stat(path)
    return found.isFile() ? found.size : null
  } catch (error) {
    if (['ENOENT', 'ENOTDIR', 'ELOOP'].includes(errorCode(error))) return null
    throw unreadable(error, path)
  }
}
