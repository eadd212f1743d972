import { EXIT, StellaError, unreachableError, usageError } from '../../../model/errors.ts'
import { Check, type Expected } from '../digest.ts'
import { BrokenBody, chunksOf } from './body.ts'
import { type Patience, pauseAfter } from './patience.ts'
import type { Answer } from './send.ts'

/** One server that may have the blob. Answers with 200, 206 or 416, and throws a StellaError else. */
export interface BlobSource {
  /** For people. */
  where: string
  open(range: Readonly<Record<string, string>>, signal: AbortSignal): Promise<Answer>
}

/**
 * The bytes of a blob, checked as they pass. Where a connection breaks, it goes on from there; where a server has it no
 * more, the next is asked.
 *
 * @throws StellaError 2 where it is not what it should be, 3 where no server gives all of it
 */
export async function* blobBytes(
  sources: readonly BlobSource[],
  expected: Expected & { sizeBytes: number },
  patience: Patience,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array> {
  const check = new Check(expected)
  let problem: unknown = null
  for (const source of sources) {
    try {
      yield* resumed(source, check, { expected, patience, signal })
      check.finish()
      return
    } catch (error) {
      signal.throwIfAborted()
      if (!(error instanceof StellaError)) throw error
      // Wrong bytes that were given out cannot be taken back.
      if (error.exitCode === EXIT.usage && check.taken > 0) throw error
      problem ??= error
    }
  }
  throw problem
}

interface Order {
  expected: Expected & { sizeBytes: number }
  patience: Patience
  signal: AbortSignal
}

async function* resumed(
  source: BlobSource,
  check: Check,
  { expected, patience, signal }: Order,
): AsyncGenerator<Uint8Array> {
  let etag: string | null = null
  let failures = 0
  for (let connection = 1; check.taken < expected.sizeBytes; connection += 1) {
    const from = check.taken
    const answer: Answer = await source.open(rangeFrom(from, etag), signal)
    const skip = bytesToSkip(answer, from, expected)
    etag = answer.headers.get('etag') ?? etag
    let problem = 'it ended too soon'
    try {
      for await (const chunk of behind(chunksOf(answer, patience.idle, signal), skip)) {
        check.take(chunk)
        yield chunk
      }
    } catch (error) {
      if (!(error instanceof BrokenBody)) throw error
      problem = error.code
    }
    if (check.taken === expected.sizeBytes) return
    failures = check.taken > from ? 1 : failures + 1
    if (failures >= patience.attempts || connection >= patience.connections) {
      throw brokeOff(source, check, expected, problem)
    }
    await pauseAfter(failures, null, patience, signal)
  }
}

/** With a strong tag the server gives all of it where it is another by now. RFC 9110 13.1.5 */
function rangeFrom(from: number, etag: string | null): Record<string, string> {
  if (from === 0) return {}
  const range = { range: `bytes=${from}-` }
  return etag === null || etag.startsWith('W/') ? range : { ...range, 'if-range': etag }
}

/**
 * How much of the answer was there before.
 *
 * @throws StellaError 2 where the server gives something else than was asked for
 */
function bytesToSkip(answer: Answer, from: number, { sizeBytes, what }: Expected): number {
  const problem = mismatch(answer, from, sizeBytes)
  if (problem === null) return answer.status === 206 ? 0 : from
  answer.stop()
  throw usageError(problem, what, 'the registry has another layer than the image states')
}

function mismatch({ status, headers }: Answer, from: number, size: number | null): string | null {
  if (status === 416) return `the registry has only ${from} of ${size} bytes`
  if (status === 206) {
    const range = headers.get('content-range') ?? ''
    const [, start] = /^bytes (\d+)-\d+\/(?:\d+|\*)$/.exec(range) ?? []
    return Number(start) === from ? null : 'the registry gave another part than was asked for'
  }
  const length = headers.get('content-length')
  if (length === null || Number(length) === size) return null
  return `the registry announces ${length.slice(0, 20)} bytes, and the image states ${size}`
}

async function* behind(
  chunks: AsyncIterable<Uint8Array>,
  skip: number,
): AsyncGenerator<Uint8Array> {
  let left = skip
  for await (const chunk of chunks) {
    const rest = chunk.subarray(Math.min(left, chunk.length))
    left -= chunk.length - rest.length
    if (rest.length > 0) yield rest
  }
}

function brokeOff(
  { where }: BlobSource,
  { taken }: Check,
  { sizeBytes, what }: Expected,
  problem: string,
): Error {
  return unreachableError(
    `only ${taken} of ${sizeBytes} bytes came from ${where}: ${problem}`,
    what,
    'try again, or from a network that is nearer to it',
  )
}
