import { createHash } from 'node:crypto'
import { usageError } from '../../model/errors.ts'

/** What a piece of content has to be. */
export interface Expected {
  digest: string
  /** Null where only the digest is known. */
  sizeBytes: number | null
  /** For people: `layer 3 of debian:12`. */
  what: string
}

export function sha256Of(bytes: Uint8Array): string {
  return `sha256:${createHash('sha256').update(bytes).digest('hex')}`
}

/** @throws StellaError 2 where the bytes are not what the digest says */
export function checkBytes(bytes: Uint8Array, expected: Expected): void {
  const check = new Check(expected)
  check.take(bytes)
  check.finish()
}

/**
 * The same bytes, counted and hashed as they pass; the last chunk may have been given out before an error is known.
 *
 * @throws StellaError 2, which names the content, where it is longer, shorter or other than expected
 */
export async function* verifiedBytes(
  chunks: AsyncIterable<Uint8Array>,
  expected: Expected,
): AsyncGenerator<Uint8Array> {
  const check = new Check(expected)
  for await (const chunk of chunks) {
    check.take(chunk)
    yield chunk
  }
  check.finish()
}

/** Counts and hashes; for those who get chunks one by one, as {@link verifiedBytes} does. */
export class Check {
  taken = 0
  readonly #expected: Expected
  readonly #hash

  constructor(expected: Expected) {
    this.#expected = expected
    this.#hash = createHash(expected.digest.startsWith('sha512:') ? 'sha512' : 'sha256')
  }

  take(chunk: Uint8Array): void {
    this.taken += chunk.length
    const { sizeBytes, what } = this.#expected
    if (sizeBytes !== null && this.taken > sizeBytes) {
      throw damaged(what, `it is longer than the ${sizeBytes} bytes that the image states`)
    }
    this.#hash.update(chunk)
  }

  finish(): void {
    const { sizeBytes, digest, what } = this.#expected
    if (sizeBytes !== null && this.taken < sizeBytes) {
      throw damaged(what, `it ends after ${this.taken} of ${sizeBytes} bytes`)
    }
    if (this.#hash.digest('hex') !== digest.slice(digest.indexOf(':') + 1)) {
      throw damaged(what, `its digest is not ${digest}`)
    }
  }
}

function damaged(what: string, says: string): Error {
  return usageError(says, what, 'it was damaged or changed: get the image again')
}
