/** Room for files that must be read at any place: a little memory, which is used again and again, and then disk. */
import {
  closeSync,
  ftruncateSync,
  mkdtempSync,
  openSync,
  readSync,
  rmSync,
  writeSync,
} from 'node:fs'
import { join } from 'node:path'
import type { KeptFile, Scratch } from '../../sbom/cataloger.ts'

export interface ScratchRoom extends Scratch {
  /** A file that is filled piece by piece. Null where there is no room for it. */
  begin(path: string, maxBytes: number): Filling | null
  /** Deletes everything. */
  close(): void
}

export interface Filling {
  /** False: there is no more room, and what was written is gone. */
  write(chunk: Uint8Array): boolean
  end(): KeptFile
  abandon(): void
}

export interface ScratchOptions {
  /** Where files may be made; it makes a folder of its own there. */
  folder: string
  /** Held in memory at once, by all files together. */
  memoryBytes?: number
  /** On disk at once, by all files together. */
  diskBytes?: number
}

const MEMORY_BYTES = 2 * 1024 * 1024
const DISK_BYTES = 4 * 1024 ** 3

export function createScratch(options: ScratchOptions): ScratchRoom {
  const { folder, memoryBytes = MEMORY_BYTES, diskBytes = DISK_BYTES } = options
  let memory: Buffer | null = null
  let isMemoryTaken = false
  let onDisk = 0
  let own: string | null = null
  let count = 0

  function memoryFile(path: string, size: number): KeptFile {
    let isHeld = true
    return {
      path,
      size,
      read: (offset, length) =>
        (memory ?? Buffer.alloc(0)).subarray(
          Math.min(offset, size),
          Math.min(size, offset + Math.max(0, length)),
        ),
      release() {
        if (isHeld) isMemoryTaken = false
        isHeld = false
      },
    }
  }

  function begin(path: string, maxBytes: number): Filling | null {
    let size = 0
    let disk: DiskFile | null = null
    const inMemory = !isMemoryTaken
    if (inMemory) {
      isMemoryTaken = true
      memory ??= Buffer.allocUnsafe(memoryBytes)
    }

    function toDisk(): DiskFile {
      own ??= mkdtempSync(join(folder, 'stella-scan-'))
      const file = createDiskFile(join(own, String(count++)))
      if (inMemory && memory !== null) {
        file.write(memory.subarray(0, size))
        isMemoryTaken = false
      }
      return file
    }
    function abandon(): void {
      if (disk === null && inMemory) isMemoryTaken = false
      disk?.close()
      onDisk -= disk?.size ?? 0
      disk = null
    }
    return {
      write(chunk) {
        const fits = size + chunk.length <= maxBytes
        if (fits && disk === null && inMemory && size + chunk.length <= memoryBytes) {
          memory?.set(chunk, size)
          size += chunk.length
          return true
        }
        if (!fits || onDisk + size + chunk.length > diskBytes) {
          abandon()
          return false
        }
        if (disk === null) {
          disk = toDisk()
          onDisk += disk.size
        }
        disk.write(chunk)
        onDisk += chunk.length
        size += chunk.length
        return true
      },
      end() {
        if (disk === null && inMemory) return memoryFile(path, size)
        const file = disk ?? toDisk()
        return {
          path,
          size,
          read: (offset, length) => file.read(offset, length),
          release() {
            file.close()
            onDisk -= file.size
          },
        }
      },
      abandon,
    }
  }

  return {
    begin,
    async keep(path, chunks, maxBytes) {
      const filling = begin(path, maxBytes)
      if (filling === null) return null
      for await (const chunk of chunks) if (!filling.write(chunk)) return null
      return filling.end()
    },
    close() {
      if (own !== null) rmSync(own, { recursive: true, force: true })
      own = null
    },
  }
}

interface DiskFile {
  size: number
  write(chunk: Uint8Array): void
  read(offset: number, length: number): Uint8Array
  close(): void
}

function createDiskFile(path: string): DiskFile {
  const descriptor = openSync(path, 'wx+', 0o600)
  // Nobody finds it by its name, and it is gone with us, whatever ends us.
  rmSync(path)
  let buffer = Buffer.alloc(0)
  const file: DiskFile = {
    size: 0,
    write(chunk) {
      let done = 0
      while (done < chunk.length)
        done += writeSync(descriptor, chunk, done, chunk.length - done, file.size + done)
      file.size += chunk.length
    },
    read(offset, length) {
      const wanted = Math.max(0, Math.min(length, file.size - offset))
      if (buffer.length < wanted) buffer = Buffer.allocUnsafe(wanted)
      return buffer.subarray(0, readSync(descriptor, buffer, 0, wanted, offset))
    },
    close() {
      ftruncateSync(descriptor, 0)
      closeSync(descriptor)
    },
  }
  return file
}
