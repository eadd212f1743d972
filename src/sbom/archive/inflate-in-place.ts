/**
 * Takes compression off with one buffer that is used again and again. The streams of `node:zlib` make a new one for each
 * chunk, and these pile up by tens of megabytes until they are collected. What they are built on is not documented, so that
 * it is tried out first; where it is another than here, the streams do it.
 */
import {
  constants,
  createGunzip,
  createZstdDecompress,
  gzipSync,
  zstdCompressSync,
} from 'node:zlib'
import type { Packing } from '../../parsers/files/packing.ts'

export interface InPlaceInflater {
  /** What the chunk unpacks to, piece by piece. A piece is valid until the next. Throws an error with a code of zlib. */
  take(chunk: Uint8Array): Generator<Buffer>
  /** Nothing comes any more. Throws where something is missing. */
  finish(): void
  close(): void
}

/** The part of zlib below its streams, as Node 24 has it. */
interface Handle {
  onerror(message: string, errno: number, code: string): void
  writeSync(
    flush: number,
    input: Uint8Array,
    inputOffset: number,
    inputLength: number,
    output: Uint8Array,
    outputOffset: number,
    outputLength: number,
  ): void
  close(): void
}

const OUTPUT_BYTES = 256 * 1024
/** Of the stream's own buffer, which is never written to; the least there is. */
const UNUSED_BYTES = 64
const NOTHING = Buffer.alloc(0)
/** 32 MiB are held while it is unpacked, which is more than any builder of images asks for. */
const ZSTD_PARAMS = { [constants.ZSTD_d_windowLogMax]: 25 }

/** Null where this Node is built in another way. Pieces lie in `output`. */
export function createInPlaceInflater(
  packing: Packing,
  output: Buffer = Buffer.allocUnsafe(OUTPUT_BYTES),
): InPlaceInflater | null {
  return works(packing) ? create(packing, output) : null
}

function create(packing: Packing, output: Buffer): InPlaceInflater | null {
  const stream =
    packing === 'gzip'
      ? createGunzip({ chunkSize: UNUSED_BYTES })
      : createZstdDecompress({ chunkSize: UNUSED_BYTES, params: ZSTD_PARAMS })
  const handle = partOf(stream, '_handle', isHandle)
  const left = partOf(stream, '_writeState', isState)
  if (handle === null || left === null) return null
  const flush =
    packing === 'gzip'
      ? { more: constants.Z_NO_FLUSH, last: constants.Z_FINISH }
      : { more: constants.ZSTD_e_continue, last: constants.ZSTD_e_end }
  let failed: Error | null = null
  const onError: Handle['onerror'] = (message, errno, code) => {
    failed = Object.assign(new Error(message), { errno, code })
  }
  Object.assign(handle, { onerror: onError })
  /** Gives the bytes that were written, and how much of the input is left. */
  function write(
    flag: number,
    input: Uint8Array,
    offset: number,
  ): { written: number; rest: number } {
    handle?.writeSync(flag, input, offset, input.length - offset, output, 0, output.length)
    if (failed !== null) throw failed
    return { written: output.length - (left?.[0] ?? 0), rest: left?.[1] ?? 0 }
  }
  return {
    *take(chunk) {
      let offset = 0
      for (;;) {
        const { written, rest } = write(flush.more, chunk, offset)
        const isStuck = written === 0 && chunk.length - rest === offset
        offset = chunk.length - rest
        if (written > 0) yield output.subarray(0, written)
        // A full buffer may not be all; zeros behind the end are never taken.
        if (isStuck || (rest === 0 && written < output.length)) return
      }
    },
    finish: () => void write(flush.last, NOTHING, 0),
    close: () => stream.close(),
  }
}

function partOf<Part>(
  whole: object,
  name: string,
  isPart: (value: unknown) => value is Part,
): Part | null {
  const part: unknown = Reflect.get(whole, name)
  return isPart(part) ? part : null
}

function isHandle(value: unknown): value is Handle {
  return (
    typeof value === 'object' &&
    value !== null &&
    typeof Reflect.get(value, 'writeSync') === 'function' &&
    typeof Reflect.get(value, 'onerror') === 'function'
  )
}

function isState(value: unknown): value is Uint32Array {
  return value instanceof Uint32Array && value.length === 2
}

const known = new Map<Packing, boolean>()

/** Tries it with text in two members, and with half of one. */
function works(packing: Packing): boolean {
  const before = known.get(packing)
  if (before !== undefined) return before
  const text = Buffer.from('stella'.repeat(100_000))
  const packed = packing === 'gzip' ? gzipSync(text) : zstdCompressSync(text)
  const isWorking =
    unpacksTo(packing, [packed.subarray(0, 100), packed.subarray(100), packed], [text, text]) &&
    !unpacksTo(packing, [packed.subarray(0, -5)], [text]) &&
    !unpacksTo(packing, [Buffer.from('no such thing as this')], [])
  known.set(packing, isWorking)
  return isWorking
}

function unpacksTo(
  packing: Packing,
  chunks: readonly Buffer[],
  expected: readonly Buffer[],
): boolean {
  const inflater = create(packing, Buffer.allocUnsafe(OUTPUT_BYTES))
  if (inflater === null) return false
  try {
    const pieces: Buffer[] = []
    for (const chunk of chunks) {
      for (const piece of inflater.take(chunk)) pieces.push(Buffer.from(piece))
    }
    inflater.finish()
    return Buffer.concat(pieces).equals(Buffer.concat(expected))
  } catch {
    return false
  } finally {
    inflater.close()
  }
}
