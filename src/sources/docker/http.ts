import { readFileSync } from 'node:fs'
import type { ClientRequest, IncomingMessage, RequestOptions } from 'node:http'
import { join } from 'node:path'
import type { Reader } from '../reader.ts'
import type { Endpoint } from './endpoint.ts'

export interface HttpAnswer {
  status: number
  body: Uint8Array
  truncated: boolean
}

export interface HttpQuery {
  path: string
  signal: AbortSignal
  /** What is longer is cut; the end is kept, which is the newest of events and logs. */
  maxBytes: number
}

/** A call that changes something. */
export interface HttpCall extends HttpQuery {
  method: 'GET' | 'POST' | 'DELETE'
  /** JSON; null: none. */
  body: string | null
}

/** One GET, see {@link httpCall}. */
export function httpGet(reader: Reader, endpoint: Endpoint, query: HttpQuery): Promise<HttpAnswer> {
  return httpCall(reader, endpoint, { ...query, method: 'GET', body: null })
}

/**
 * One call of an engine's API over its socket or TCP, whatever the status. Without a version in the path the daemon answers
 * in its own: each prefix that 20.10 knows is refused by Docker 29 and newer.
 *
 * @throws or rejects with what node:http throws: ENOENT, EACCES, ECONNREFUSED, AbortError, …
 * @see docs/decisions/0001-engine-client.md
 */
export function httpCall(reader: Reader, endpoint: Endpoint, call: HttpCall): Promise<HttpAnswer> {
  return new Promise((resolve, reject) => {
    const request = open(reader, endpoint, call)
    request.on('error', reject)
    request.on('response', (response) => {
      bodyOf(response, call.maxBytes).then(resolve, reject)
    })
    if (call.body === null) request.end()
    else request.end(call.body)
  })
}

/**
 * A GET whose answer does not end. Resolves with the status when the other side ends it, or at once where it is not 200.
 *
 * @throws or rejects as {@link httpCall}
 */
export function httpStream(
  reader: Reader,
  endpoint: Endpoint,
  {
    path,
    signal,
    onChunk,
  }: { path: string; signal: AbortSignal; onChunk(chunk: Uint8Array): void },
): Promise<number> {
  return new Promise((resolve, reject) => {
    const request = open(reader, endpoint, { method: 'GET', path, signal, body: null })
    request.on('error', reject)
    request.on('response', (response) => {
      const { statusCode = 0 } = response
      if (statusCode !== 200) {
        response.destroy()
        resolve(statusCode)
        return
      }
      response.on('data', onChunk)
      response.on('error', reject)
      response.on('close', () => resolve(statusCode))
    })
    request.end()
  })
}

/**
 * A GET whose answer is read at the pace of whoever reads it, whatever the status.
 *
 * @throws or rejects as {@link httpCall}
 */
export function httpBody(
  reader: Reader,
  endpoint: Endpoint,
  { path, signal }: { path: string; signal: AbortSignal },
): Promise<{ status: number; body: AsyncIterable<unknown> }> {
  return new Promise((resolve, reject) => {
    const request = open(reader, endpoint, { method: 'GET', path, signal, body: null })
    request.on('error', reject)
    request.on('response', (body) => resolve({ status: body.statusCode ?? 0, body }))
    request.end()
  })
}

function open(
  reader: Reader,
  endpoint: Endpoint,
  call: Pick<HttpCall, 'method' | 'path' | 'signal' | 'body'>,
): ClientRequest {
  const { method, path, signal } = call
  const headers = call.body === null ? {} : { 'content-type': 'application/json' }
  const common = { method, path, signal, headers, agent: false } as const
  // An import of these modules evaluates all their exports, and with http.WebSocket all of undici: 20 ms for nothing.
  const http = process.getBuiltinModule('node:http')
  if (endpoint.kind === 'socket') {
    return http.request({ ...common, socketPath: join(reader.root, endpoint.path) })
  }
  const { url, certificates } = endpoint
  const options: RequestOptions = { ...common, host: url.hostname }
  if (certificates === null && url.protocol !== 'https:') {
    return http.request({ ...options, port: url.port === '' ? 2375 : url.port })
  }
  const https = process.getBuiltinModule('node:https')
  const port = url.port === '' ? 2376 : url.port
  return https.request({ ...options, port, ...keys(reader, certificates) })
}

function keys(
  reader: Reader,
  folder: string | null,
): { ca: Buffer; cert: Buffer; key: Buffer } | Record<string, never> {
  if (folder === null) return {}
  const read = (name: string): Buffer => readFileSync(join(reader.root, folder, name))
  return { ca: read('ca.pem'), cert: read('cert.pem'), key: read('key.pem') }
}

async function bodyOf(response: IncomingMessage, maxBytes: number): Promise<HttpAnswer> {
  const pieces: Uint8Array[] = []
  let length = 0
  let truncated = false
  for await (const chunk of response) {
    if (!(chunk instanceof Uint8Array)) continue
    pieces.push(chunk)
    length += chunk.length
    while (length > maxBytes) {
      length -= pieces.shift()?.length ?? length
      truncated = true
    }
  }
  return { status: response.statusCode ?? 0, body: Buffer.concat(pieces), truncated }
}
