/** Bodies of calls, taken into memory: of each so much, and of all together so much. */
import { MIB } from '../model/bytes.ts'

export interface Bodies {
  /**
   * Reads the body of a call, and works with its text. It counts until that is done. Whoever is slow, or many, makes nobody else wait:
   * where all together are too much, the largest that is still coming is refused.
   */
  read<Result>(
    request: Pick<Request, 'body'>,
    work: (text: string) => Promise<Result>,
  ): Promise<{ is: 'read'; result: Result } | { is: Refusal }>
}

export type Refusal = 'too large' | 'too many' | 'broken off'

/** A delivery of a thousand cases, each a megabyte at most, is sent in pieces. */
export const MAX_BODY_BYTES = 16 * MIB
const MAX_TOGETHER_BYTES = 32 * MIB
const FIRST_BYTES = 16 * 1_024

interface Coming {
  /** Grows as it comes: pieces of their own would cost much more where somebody sends single bytes. */
  bytes: Uint8Array
  used: number
  isRefused: boolean
  stop(): void
}

export function createBodies(): Bodies {
  const coming = new Set<Coming>()
  /** Of those that are being worked with. */
  let heldBytes = 0

  function makeRoom(): void {
    const all = [...coming].toSorted((one, other) => other.bytes.length - one.bytes.length)
    let total = all.reduce((sum, { bytes }) => sum + bytes.length, heldBytes)
    for (const largest of all) {
      if (total <= MAX_TOGETHER_BYTES) return
      total -= largest.bytes.length
      refuse(largest)
    }
  }

  function refuse(body: Coming): void {
    body.isRefused = true
    body.bytes = new Uint8Array()
    coming.delete(body)
    body.stop()
  }

  async function take(stream: ReadableStream<Uint8Array>): Promise<Coming | Refusal> {
    const reader = stream.getReader()
    // Whoever is refused may be gone already.
    const stop = (): void => void reader.cancel().catch(() => undefined)
    const body: Coming = { bytes: new Uint8Array(FIRST_BYTES), used: 0, isRefused: false, stop }
    coming.add(body)
    try {
      for (;;) {
        const { done, value } = await reader.read()
        // While it waited, another one may have needed the room.
        if (body.isRefused) return 'too many'
        if (done) return body
        // What is still to come is not cut off: whoever sends it would see a broken connection, and no answer.
        if (body.used + value.length > MAX_BODY_BYTES) {
          reader.releaseLock()
          return 'too large'
        }
        append(body, value)
        makeRoom()
        if (body.isRefused) return 'too many'
      }
    } catch {
      return 'broken off'
    } finally {
      coming.delete(body)
    }
  }

  return {
    async read({ body: stream }, work) {
      const body = stream === null ? null : await take(stream)
      if (typeof body === 'string') return { is: body }
      const bytes = body?.bytes.length ?? 0
      heldBytes += bytes
      try {
        const text = new TextDecoder().decode(body?.bytes.subarray(0, body.used))
        return { is: 'read', result: await work(text) }
      } finally {
        heldBytes -= bytes
      }
    },
  }
}

function append(body: Coming, piece: Uint8Array): void {
  const wanted = body.used + piece.length
  if (wanted > body.bytes.length) {
    const larger = new Uint8Array(Math.min(MAX_BODY_BYTES, Math.max(wanted, 2 * body.bytes.length)))
    larger.set(body.bytes.subarray(0, body.used))
    body.bytes = larger
  }
  body.bytes.set(piece, body.used)
  body.used = wanted
}
