import type { IncomingMessage, ServerResponse } from 'node:http'
import type { MemoryGuard } from '../guard.ts'

export interface GateOptions {
  /** Paths that are always let in: whoever asks for the health of a service has to be answered. */
  isExempt?(path: string): boolean
  /** What a request will take, in bytes. */
  costOf?(request: IncomingMessage): number
}

/** What a client is answered that is not let in. */
export interface Refused {
  status: 413 | 503
  headers: Readonly<Record<string, string>>
  body: string
}

const KIB = 1024
/** Sockets, headers, closures of one request. */
const COST_OF_REQUEST = 64 * KIB
/** A body is there as bytes, as text, and as what was made of it. */
const COPIES_OF_BODY = 3
/** A body whose length is not told. */
const UNTOLD_BODY = 1024 * KIB
const EXEMPT = new Set(['/health', '/healthz', '/livez', '/readyz', '/ready', '/live', '/metrics'])

/** By the length that the request tells. */
export function costOfRequest({ headers }: IncomingMessage): number {
  const length = Number(headers['content-length'] ?? Number.NaN)
  if (Number.isSafeInteger(length)) return COST_OF_REQUEST + COPIES_OF_BODY * length
  return headers['transfer-encoding'] === undefined
    ? COST_OF_REQUEST
    : COST_OF_REQUEST + COPIES_OF_BODY * UNTOLD_BODY
}

/** Lets a request in until its response is closed, however that comes; or says what to answer instead. */
export function enter(
  guard: MemoryGuard,
  request: IncomingMessage,
  response: ServerResponse,
  { isExempt = (path) => EXEMPT.has(path), costOf = costOfRequest }: GateOptions,
): Refused | null {
  if (isExempt(pathOf(request.url))) return null
  const answer = guard.admit(costOf(request))
  if (answer.admitted) {
    response.once('close', answer.release)
    return null
  }
  const type = { 'content-type': 'application/json; charset=utf-8' }
  const body = JSON.stringify({ error: answer.reason })
  const closing = { ...type, connection: 'close' }
  if (answer.reason === 'too-large') return { status: 413, headers: closing, body }
  const headers = answer.reason === 'leaving' ? closing : type
  const retryAfter = String(guard.settings.retryAfterSeconds)
  return { status: 503, headers: { ...headers, 'retry-after': retryAfter }, body }
}

/** Answers a request that was refused. */
export function refuse(response: ServerResponse, { status, headers, body }: Refused): void {
  response.writeHead(status, headers).end(body)
}

function pathOf(url = '/'): string {
  const end = url.search(/[?#]/)
  return end === -1 ? url : url.slice(0, end)
}
