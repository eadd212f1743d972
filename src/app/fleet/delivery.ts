/** One delivery to a server, and what became of it. */
import * as z from 'zod/mini'
import { KIB } from '../../model/bytes.ts'
import { Taken } from '../../server/contract.ts'
import { errorCode } from '../../model/error-code.ts'
import type { HostIdentity } from '../../store/database/types.ts'

/** Where deliveries go, and in whose name. */
export interface Destination {
  url: URL
  token: string | null
  host: HostIdentity
  timeoutMs: number
}

export type Outcome =
  /** The server has it; `refused` of the entries it did not understand. */
  | { kind: 'taken'; refused: number }
  /** It, or a proxy before it, takes less at once. */
  | { kind: 'too-large' }
  | { kind: 'trouble'; why: string }

/**
 * Sends entries once. Nothing counts as taken but the word of a `stella serve`: a proxy or a login page may answer 200, too.
 *
 * @param entries each as JSON
 */
export async function deliverOnce(
  { url, token, host, timeoutMs }: Destination,
  entries: readonly string[],
  signal: AbortSignal,
): Promise<Outcome> {
  const about = JSON.stringify({ schema: 'stella.delivery/1', host })
  try {
    const response = await fetch(
      new URL('api/deliveries', url.href.endsWith('/') ? url : `${url.href}/`),
      {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          ...(token === null ? {} : { authorization: `Bearer ${token}` }),
        },
        body: `${about.slice(0, -1)},"entries":[${entries.join(',')}]}`,
        redirect: 'manual',
        signal: AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]),
      },
    )
    return outcomeOf(response.status, await beginningOf(response))
  } catch (error) {
    return { kind: 'trouble', why: whyUnreachable(error) }
  }
}

function outcomeOf(status: number, body: string): Outcome {
  if (status === 413) return { kind: 'too-large' }
  if (status !== 200) return { kind: 'trouble', why: whyNot(status) }
  const taken = takenIn(body)
  return taken === null
    ? { kind: 'trouble', why: "what answers there is no 'stella serve'" }
    : { kind: 'taken', refused: taken.refused }
}

function whyNot(status: number): string {
  if (status === 401) return 'the server does not know this token'
  if (status === 404 || status === 405) return `there is no 'stella serve' at this address`
  if (status >= 300 && status < 400) return `the server is somewhere else (status ${status})`
  return `the server answered with status ${status}`
}

function takenIn(body: string): z.infer<typeof Taken> | null {
  try {
    const read = z.safeParse(Taken, JSON.parse(body))
    return read.success ? read.data : null
  } catch {
    return null
  }
}

const MOST_ANSWER_BYTES = 64 * KIB

/** An answer is short; one that does not end is not read to its end. */
async function beginningOf(response: Response): Promise<string> {
  const chunks: Uint8Array[] = []
  let bytes = 0
  // Leaving the loop early closes the connection.
  for await (const chunk of response.body ?? []) {
    chunks.push(chunk)
    bytes += chunk.length
    if (bytes > MOST_ANSWER_BYTES) break
  }
  return Buffer.concat(chunks).toString()
}

/** `fetch` refuses some ports by itself, and says so in the cause alone. */
function reasonOf(error: unknown): string {
  const { cause } = error instanceof Error ? error : { cause: null }
  return cause instanceof Error ? cause.message : String(error)
}

/** Why a call of a server failed, as a sentence. */
export function whyUnreachable(error: unknown): string {
  if (error instanceof Error && error.name === 'TimeoutError') {
    return 'the server did not answer in time'
  }
  const code = errorCode(error)
  return /CERT|SIGNATURE|ISSUER/.test(code)
    ? `the certificate of the server is not trusted (${code}; NODE_EXTRA_CA_CERTS names a CA of your own)`
    : `the server cannot be reached (${code === 'unknown' ? reasonOf(error) : code})`
}
