import type { Observation } from '../../model/evidence.ts'
import { errorMessage } from '../../model/error-message.ts'
import { isFolderFormat, isStreamFormat } from '../folder.ts'
import type { Origin, StreamFormat, TextFormat } from '../format.ts'
import type { Gathering } from '../gather.ts'
import { kernelLog } from '../kernel-log/index.ts'
import { formatFor, HEAD_BYTES } from '../recognise.ts'
import { peek } from './chunks.ts'
import type { Chunks, Peeked } from './chunks.ts'
import { containerKind } from './containers.ts'
import { encodingOf, isBinary, utf8Chunks } from './encoding.ts'
import { packingOf, withoutPackingSuffix } from './packing.ts'
import type { Packing } from './packing.ts'
import type { Problems } from './problems.ts'

export interface FileToRead {
  /** As the user knows it. */
  shown: string
  /** What formats judge by where content cannot tell. */
  path: string
  chunks: Chunks
  /** Reads a kernel log faster than chunk by chunk; null where the bytes can be had only once. */
  readLog: ((origin: Origin) => Promise<Observation[]>) | null
}

/** What files from outside may cost. Whatever is left out for one of these is told under `unknown`. */
export interface ReadLimits {
  /** Of one file whose format is parsed as a whole. */
  maxTextBytes: number
  /** Of one file of a streamed format once it is unpacked: the packed size says nothing about it. */
  maxUnpackedBytes: number
  /** Over all files. */
  maxObservations: number
}

/** What reading needs of the place where it runs: a program, or a browser. */
export interface ReadingPlace {
  /** The bytes that were packed. What breaks off yields what came before, and then throws. */
  unpacked(chunks: Chunks, packing: Packing): Chunks
  /** One sentence on why a file cannot be read. */
  whyUnreadable(file: FileToRead, error: unknown): string
}

export interface ReadContext {
  limits: ReadLimits
  problems: Problems
  /** Takes the files that say something only together. */
  together: Gathering
  place: ReadingPlace
}

/** What one file says. Never throws: what goes wrong is told in `problems`, and what came before it counts. */
export async function readFile(file: FileToRead, context: ReadContext): Promise<Observation[]> {
  try {
    await using raw = await closing(peek(file.chunks, HEAD_BYTES))
    const packing = packingOf(raw.peeked.head)
    if (packing === null) return await readText(file, raw.peeked, Infinity, context)
    const path = withoutPackingSuffix(file.path)
    await using inner = await closing(
      peek(context.place.unpacked(raw.peeked.all(), packing), HEAD_BYTES),
    )
    return await readText(
      { ...file, path, readLog: null },
      inner.peeked,
      context.limits.maxUnpackedBytes,
      context,
    )
  } catch (error) {
    context.problems.add(context.place.whyUnreadable(file, error))
    return []
  }
}

async function closing(promise: Promise<Peeked>): Promise<{ peeked: Peeked } & AsyncDisposable> {
  const peeked = await promise
  return { peeked, [Symbol.asyncDispose]: () => peeked.close() }
}

async function readText(
  file: FileToRead,
  raw: Peeked,
  maxStreamBytes: number,
  context: ReadContext,
): Promise<Observation[]> {
  const encoding = encodingOf(raw.head)
  const peeked =
    encoding === 'utf-8' ? raw : await peek(utf8Chunks(raw.all(), encoding), HEAD_BYTES)
  const head = decodedHead(peeked)
  const format = formatFor(head, file.path)
  if (format === null || (isStreamFormat(format) && isBinary(peeked.head))) {
    tellNotRecognised(file.shown, peeked.head, context.problems)
    return []
  }
  if (isFolderFormat(format)) {
    // A number that was cut would be another number.
    const text = peeked.complete ? head : head.slice(0, head.lastIndexOf('\n') + 1)
    context.together.add(format, { path: file.path, text, from: file.shown })
    return []
  }
  if (format.id === kernelLog.id && file.readLog !== null && encoding === 'utf-8') {
    return file.readLog({ from: file.shown, readAt: null, source: null })
  }
  if (isStreamFormat(format)) return stream(file, peeked, format, maxStreamBytes, context)
  return whole(file, peeked, format, context)
}

function tellNotRecognised(shown: string, head: Uint8Array, problems: Problems): void {
  const kind = containerKind(head)
  if (head.every((byte) => byte === 10 || byte === 13 || byte === 32)) problems.empty(shown)
  else if (kind !== null) problems.add(`${shown} was not read: it is ${kind}`)
  else problems.notRecognised(shown)
}

async function stream(
  file: FileToRead,
  peeked: Peeked,
  format: StreamFormat,
  maxBytes: number,
  context: ReadContext,
): Promise<Observation[]> {
  const reader = format.open({ from: file.shown, readAt: null, source: null })
  await take(file, peeked.all(), maxBytes, context.problems, (chunk) => reader.push(chunk))
  return reader.finish()
}

async function whole(
  file: FileToRead,
  peeked: Peeked,
  format: TextFormat,
  context: ReadContext,
): Promise<Observation[]> {
  const decoder = new TextDecoder()
  let decoded = ''
  await take(file, peeked.all(), context.limits.maxTextBytes, context.problems, (chunk) => {
    decoded += decoder.decode(chunk, { stream: true })
  })
  const text = withUnixLineEnds(decoded + decoder.decode())
  for (const sentence of format.unread?.(text, file.shown) ?? []) context.problems.add(sentence)
  return format.parse(text, { from: file.shown, readAt: null, source: null })
}

/** Takes up to `maxBytes`. A stream that breaks off in the middle keeps what it gave. */
async function take(
  file: FileToRead,
  chunks: Chunks,
  maxBytes: number,
  problems: Problems,
  sink: (chunk: Uint8Array) => void,
): Promise<void> {
  let taken = 0
  try {
    for await (const chunk of chunks) {
      const piece = chunk.length > maxBytes - taken ? chunk.subarray(0, maxBytes - taken) : chunk
      if (piece.length > 0) sink(piece)
      taken += piece.length
      if (piece.length < chunk.length) {
        problems.add(`only the first ${maxBytes} bytes of ${file.shown} were read: it is larger`)
        return
      }
    }
  } catch (error) {
    problems.add(`only the first ${taken} bytes of ${file.shown} were read: ${reason(error)}`)
  }
}

function reason(error: unknown): string {
  return errorMessage(error)
}

/** The head may end inside of a character; that one is left out, not replaced. */
function decodedHead(peeked: Peeked): string {
  return withUnixLineEnds(new TextDecoder().decode(peeked.head, { stream: !peeked.complete }))
}

function withUnixLineEnds(text: string): string {
  return text.includes('\r\n') ? text.replaceAll('\r\n', '\n') : text
}
