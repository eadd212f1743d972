/** What is read of a file at once, while it is walked: small files lie close together, and one read shows many. */
import type { RandomFile } from '../../sbom/cataloger.ts'
import { readAt } from './file-part.ts'
import type { FilePart } from './file-part.ts'
import { BLOCK_BYTES } from './tar-header.ts'

export interface FileWindow {
  /** The block at a multiple of its size; null behind the end. Valid until the next call. */
  block(offset: number): Buffer | null
  /** What was read already with a block; null where something of it was not. Valid as long as the block. */
  find(offset: number, length: number): Buffer | null
}

const WINDOW_BYTES = 32 * 1024

export function openWindow(part: FilePart): FileWindow {
  const buffer = Buffer.allocUnsafe(WINDOW_BYTES)
  // Each view is made once: there are hundreds of thousands of headers.
  const blocks = Array.from({ length: WINDOW_BYTES / BLOCK_BYTES }, (_, at) =>
    buffer.subarray(at * BLOCK_BYTES, (at + 1) * BLOCK_BYTES),
  )
  let from = 0
  let until = 0
  return {
    block(offset) {
      if (offset < from || offset + BLOCK_BYTES > until) {
        from = offset
        until = from + readAt(part, offset, buffer, 0, WINDOW_BYTES)
        if (offset + BLOCK_BYTES > until) return null
      }
      return blocks[(offset - from) / BLOCK_BYTES] ?? null
    },
    find(offset, length) {
      if (offset < from || offset + length > until) return null
      return buffer.subarray(offset - from, offset - from + length)
    },
  }
}

/** A body that lies at an offset: nothing of it is read again. */
export function seenThrough(window: FileWindow, at: number, file: RandomFile): RandomFile {
  const { path, size } = file
  return {
    path,
    size,
    read(offset, length) {
      const wanted = Math.max(0, Math.min(length, size - offset))
      return window.find(at + offset, wanted) ?? file.read(offset, wanted)
    },
  }
}
