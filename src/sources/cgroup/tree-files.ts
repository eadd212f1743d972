import { closeSync, constants, openSync, readSync } from 'node:fs'
import { problemOf } from '../reader.ts'
import type { ReadProblem } from '../reader.ts'

/** A small file that is read again and again. */
export interface SmallFile {
  readonly path: string
  /** Null while it is not held open. */
  descriptor: number | null
}

/**
 * Reads small files into one buffer, and holds those open that are read in every round: that saves two thirds of the time.
 */
export interface FilePool {
  /** What was read last; the next read overwrites it. */
  readonly buffer: Buffer
  /** Bytes read from the start of the file; -1: it could not be read, see `problem`. */
  read(file: SmallFile): number
  /** The same without holding the file. */
  readOnce(path: string): number
  /** Everything in a file that the kernel gives out piece by piece: `take` sees each piece in the buffer. */
  readPieces(path: string, take: (length: number) => void): boolean
  /** Why the last read failed. */
  problem: ReadProblem | null
  close(file: SmallFile): void
}

const BUFFER_BYTES = 64 * 1024
/** A process list of this many pieces is cut; with seven digits for each process it has half a million of them. */
const MAX_PIECES = 1_000
const FLAGS = constants.O_RDONLY | constants.O_NONBLOCK

/**
 * @param maxHeld files held open at most. The kernel keeps a page for each of them once it was read (seq_read_iter in
 * fs/seq_file.c), and charges it to us.
 */
export function openFilePool(maxHeld: number): FilePool {
  const buffer = Buffer.allocUnsafeSlow(BUFFER_BYTES)
  let held = 0

  const pool: FilePool = {
    buffer,
    problem: null,
    read(file) {
      pool.problem = null
      try {
        if (file.descriptor === null) {
          if (held >= maxHeld) return pool.readOnce(file.path)
          file.descriptor = openSync(file.path, FLAGS)
          held++
        }
        return readSync(file.descriptor, buffer, 0, BUFFER_BYTES, 0)
      } catch (error) {
        pool.problem = problemOf(error)
        pool.close(file)
        return -1
      }
    },
    readOnce(path) {
      let length = -1
      const complete = withFile(path, (descriptor) => {
        length = readSync(descriptor, buffer, 0, BUFFER_BYTES, 0)
      })
      return complete ? length : -1
    },
    readPieces(path, take) {
      return withFile(path, (descriptor) => {
        for (let piece = 0; piece < MAX_PIECES; piece++) {
          const length = readSync(descriptor, buffer, 0, BUFFER_BYTES, null)
          if (length === 0) return
          take(length)
        }
      })
    },
    close(file) {
      if (file.descriptor === null) return
      closeSync(file.descriptor)
      file.descriptor = null
      held--
    },
  }

  function withFile(path: string, use: (descriptor: number) => void): boolean {
    pool.problem = null
    let descriptor: number
    try {
      descriptor = openSync(path, FLAGS)
    } catch (error) {
      pool.problem = problemOf(error)
      return false
    }
    try {
      use(descriptor)
      return true
    } catch (error) {
      pool.problem = problemOf(error)
      return false
    } finally {
      closeSync(descriptor)
    }
  }

  return pool
}
