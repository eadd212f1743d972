import type { Answer } from './send.ts'

/** A body that broke off, or stood still for too long; the code is for people. */
export class BrokenBody extends Error {
  override readonly name = 'BrokenBody'
  readonly code: string

  constructor(code: string, options?: ErrorOptions) {
    super(code, options)
    this.code = code
  }
}

/**
 * The chunks of a body. Time counts only while we wait for the server, and not while nobody asks us.
 *
 * @param idle milliseconds
 * @throws BrokenBody
 */
export async function* chunksOf(
  { body, stop }: Answer,
  idle: number,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array> {
  if (body === null) return
  const reader = body.getReader()
  try {
    for (;;) {
      let isLate = false
      const timer = setTimeout(() => {
        isLate = true
        stop()
      }, idle)
      const next = await reader
        .read()
        .catch((error: unknown) => {
          signal.throwIfAborted()
          throw new BrokenBody(isLate ? 'it stood still' : 'the connection broke', { cause: error })
        })
        .finally(() => clearTimeout(timer))
      if (next.done) return
      yield next.value
    }
  } finally {
    stop()
  }
}

/** All of a body, or null where it is longer than `maxBytes`. */
export async function bodyOf(
  answer: Answer,
  maxBytes: number,
  idle: number,
  signal: AbortSignal,
): Promise<Uint8Array | null> {
  const pieces: Uint8Array[] = []
  let length = 0
  for await (const chunk of chunksOf(answer, idle, signal)) {
    length += chunk.length
    if (length > maxBytes) return null
    pieces.push(chunk)
  }
  return Buffer.concat(pieces)
}
