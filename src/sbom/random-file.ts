import type { RandomFile } from './cataloger.ts'

/** A copy of up to `length` bytes, fewer where the file ends; any numbers may be asked, as damaged files state them. */
export function bytesAt(file: RandomFile, at: number, length: number): Buffer {
  if (!(at >= 0 && at < file.size && length > 0)) return Buffer.alloc(0)
  return Buffer.from(file.read(at, Math.min(length, file.size - at)))
}

/** The same without a copy: valid until the file is read again. */
export function viewAt(file: RandomFile, at: number, length: number): Buffer {
  if (!(at >= 0 && at < file.size && length > 0)) return Buffer.alloc(0)
  const { buffer, byteOffset, byteLength } = file.read(at, Math.min(length, file.size - at))
  return Buffer.from(buffer, byteOffset, byteLength)
}

/** A part of a file as a file of its own. */
export function rangeOf(file: RandomFile, path: string, start: number, size: number): RandomFile {
  return {
    path,
    size,
    read(offset, length) {
      const from = Math.min(Math.max(0, offset), size)
      return file.read(start + from, Math.min(Math.max(0, length), size - from))
    },
  }
}
