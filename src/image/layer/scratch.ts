/** Room for files that must be read at any place: a little memory, which is used again and again, and then disk. */
import {
  closeSync,
  ftruncateSync,
  mkdtempSync,
  openSync,
  readSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import type { KeptFile, Scratch } from '../../sbom/cataloger.ts'
import { createReader } from './read-ahead.ts'

export interface ScratchRoom extends Scratch {
  /** A file that is filled piece by piece. */
  begin(path: string, maxBytes: number): Filling
  /** Deletes everything. */
  close(): void
}

export interface Filling {
  /** False: there is no more room, and what was written is gone. */
  write(chunk: Uint8Array): boolean
  /** Null where there is no room. */
  end(): KeptFile | null
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
  const open = new Set<DiskFile>()

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

  function diskFile(path: string, file: DiskFile): KeptFile {
    return {
      path,
      size: file.size,
      read: (offset, length) => file.read(offset, length),
      release: () => drop(file),
    }
  }

  /** Once: its descriptor may be that of another file afterwards. */
  function drop(file: DiskFile): void {
    if (!open.delete(file)) return
    onDisk -= file.size
    file.close()
  }

  function makeDiskFile(): DiskFile {
    own ??= mkdtempSync(join(folder, 'stella-scan-'))
    const file = createDiskFile(join(own, String(count++)))
    open.add(file)
    return file
  }

  function begin(path: string, maxBytes: number): Filling {
    let state: 'memory' | 'disk' | 'over' = isMemoryTaken ? 'disk' : 'memory'
    let disk: DiskFile | null = null
    let inMemory = 0
    if (state === 'memory') {
      isMemoryTaken = true
      memory ??= Buffer.allocUnsafe(memoryBytes)
    }

    function abandon(): void {
      if (state === 'over') return
      if (state === 'memory') isMemoryTaken = false
      if (disk !== null) drop(disk)
      state = 'over'
    }
    function writeToDisk(chunk: Uint8Array): void {
      const file = (disk ??= makeDiskFile())
      const before = file.size
      try {
        if (state === 'memory' && memory !== null) {
          file.write(memory.subarray(0, inMemory))
          isMemoryTaken = false
          state = 'disk'
        }
        file.write(chunk)
      } finally {
        onDisk += file.size - before
      }
    }
    return {
      write(chunk) {
        if (state === 'over') return false
        const size = (disk?.size ?? inMemory) + chunk.length
        if (state === 'memory' && size <= Math.min(maxBytes, memoryBytes)) {
          memory?.set(chunk, inMemory)
          inMemory = size
          return true
        }
        const isWritten =
          size <= maxBytes &&
          onDisk + inMemory + chunk.length <= diskBytes &&
          hasRoom(() => writeToDisk(chunk))
        if (!isWritten) abandon()
        return isWritten
      },
      end() {
        const was = state
        state = 'over'
        if (was === 'over') return null
        if (was === 'memory') return memoryFile(path, inMemory)
        // Nothing was written, and the memory is another's.
        if (disk === null && !hasRoom(() => void (disk = makeDiskFile()))) return null
        return disk === null ? null : diskFile(path, disk)
      },
      abandon,
    }
  }

  return {
    begin,
    async keep(path, chunks, maxBytes) {
      const filling = begin(path, maxBytes)
      try {
        for await (const chunk of chunks) if (!filling.write(chunk)) return null
        return filling.end()
      } finally {
        // It does nothing where the file is kept.
        filling.abandon()
      }
    },
    close() {
      for (const file of open) drop(file)
      if (own !== null) rmSync(own, { recursive: true, force: true })
      own = null
    },
  }
}

/** A disk that is full, or not ours to write to, is one without room. */
function hasRoom(write: () => void): boolean {
  try {
    write()
    return true
  } catch (error) {
    if (error instanceof Error && 'syscall' in error) return false
    throw error
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
  const read = createReader((buffer, offset, wanted) =>
    readSync(descriptor, buffer, 0, wanted, offset),
  )
  const file: DiskFile = {
    size: 0,
    write(chunk) {
      writeFileSync(descriptor, chunk)
      file.size += chunk.length
    },
    read(offset, length) {
      return read(offset, Math.max(0, Math.min(length, file.size - offset)))
    },
    close() {
      ftruncateSync(descriptor, 0)
      closeSync(descriptor)
    },
  }
  return file
}
