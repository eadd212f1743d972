import type { ClientRequest, IncomingMessage } from 'node:http'
import type { RequestOptions } from 'node:https'
import { setTimeout as wait } from 'node:timers/promises'
import { errorCode } from '../../model/error-code.ts'
import { parseRecord } from '../../parsers/json-fields.ts'
import type { ClusterAccess } from './access.ts'
import { ApiProblem, problemOf, retryAfterOf } from './problem.ts'
import { withoutEnd } from '../../model/without-end.ts'

export interface ApiQuery {
  path: string
  /** Empty values are left out. */
  query?: Readonly<Record<string, string | number | boolean | null>>
  signal: AbortSignal
  /** A longer answer is a problem, `too-large`; of a text its beginning is kept. */
  maxBytes?: number
}

export interface ApiCall extends ApiQuery {
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  /** Null: none. */
  body: { type: string; text: string } | null
}

/** Above the largest object that etcd takes (1.5 MiB), and far above a page of a list. */
const MAX_ANSWER_BYTES = 32 * 1024 * 1024
const MAX_PROBLEM_BYTES = 64 * 1024
const CALL_TIMEOUT_MS = 30_000
/** A busy server is asked so often again. */
const RETRIES = 3
const LONGEST_WAIT_SECONDS = 10

/** One API server, asked call by call; what it answers is JSON of others, and read as such. */
export class KubernetesApi {
  readonly access: ClusterAccess
  /** Calls so far, repeated ones included. */
  calls = 0
  /** Milliseconds by which the server's clock is ahead of ours; null: it has not told its time. Exact to a second. */
  clockAheadMs: number | null = null

  constructor(access: ClusterAccess) {
    this.access = access
  }

  /**
   * One object.
   *
   * @throws ApiProblem
   */
  async get(query: ApiQuery): Promise<Record<string, unknown>> {
    return this.send({ ...query, method: 'GET', body: null })
  }

  /**
   * A call that may change something, and the object that it answers with.
   *
   * @throws ApiProblem
   */
  async send(call: ApiCall): Promise<Record<string, unknown>> {
    const { text, cut } = await this.#ask(call)
    if (cut) throw new ApiProblem('too-large', nameOf(call), 'the answer is too large')
    const answer = parseRecord(text)
    if (answer !== null) return answer
    throw new ApiProblem('failed', nameOf(call), 'the answer is no object of Kubernetes')
  }

  /**
   * Text, as of logs and metrics; its beginning where there is more than is taken.
   *
   * @throws ApiProblem
   */
  async text(query: ApiQuery): Promise<{ text: string; cut: boolean }> {
    return this.#ask({ ...query, method: 'GET', body: null })
  }

  /**
   * An answer that does not end, as a watch; the caller reads it at its own pace.
   *
   * @throws ApiProblem
   */
  async stream(query: ApiQuery): Promise<AsyncIterable<unknown>> {
    const call: ApiCall = { ...query, method: 'GET', body: null }
    const response = await this.#open(call, query.signal)
    if (response.statusCode === 200) return response
    const { text } = await textOf(response, MAX_PROBLEM_BYTES)
    throw problemOf(response.statusCode ?? 0, nameOf(call), text)
  }

  async #ask(call: ApiCall): Promise<{ text: string; cut: boolean }> {
    for (let attempt = 0; ; attempt++) {
      const deadline = AbortSignal.timeout(CALL_TIMEOUT_MS)
      const signal = AbortSignal.any([call.signal, deadline])
      const response = await this.#open(call, signal)
      const good = response.statusCode !== undefined && response.statusCode < 300
      const most = good ? (call.maxBytes ?? MAX_ANSWER_BYTES) : MAX_PROBLEM_BYTES
      const answer = await textOf(response, most).catch((error: unknown) => {
        throw failureOf(error, call, signal)
      })
      if (good) return answer
      const problem = problemOf(response.statusCode ?? 0, nameOf(call), answer.text)
      if (problem.kind !== 'busy' || attempt === RETRIES) throw problem
      await waitBefore(response, answer.text, attempt, call)
    }
  }

  async #open(call: ApiCall, signal: AbortSignal): Promise<IncomingMessage> {
    const { server } = this.access
    const options: RequestOptions = {
      method: call.method,
      hostname: server.hostname.replace(/^\[|\]$/g, ''),
      port: server.port || (server.protocol === 'https:' ? 443 : 80),
      path: pathOf(server, call),
      signal,
      headers: {
        accept: 'application/json, */*;q=0.5',
        'user-agent': 'stella',
        ...(call.body === null
          ? {}
          : {
              'content-type': call.body.type,
              'content-length': String(Buffer.byteLength(call.body.text)),
            }),
      },
    }
    await this.access.authorize(options)
    this.calls++
    return new Promise((resolve, reject) => {
      const request = requestBy(server, options)
      request.on('error', (error) => reject(failureOf(error, call, signal)))
      request.on('response', (response) => {
        this.#readClock(response)
        resolve(response)
      })
      request.end(call.body?.text)
    })
  }

  #readClock(response: IncomingMessage): void {
    const told = Date.parse(response.headers.date ?? '')
    if (!Number.isNaN(told)) this.clockAheadMs = told - Date.now()
  }
}

function requestBy(server: URL, options: RequestOptions): ClientRequest {
  const module = server.protocol === 'https:' ? 'node:https' : 'node:http'
  return process.getBuiltinModule(module).request(options)
}

/** An API server may stand below a path, as behind Rancher. */
function pathOf(server: URL, { path, query = {} }: ApiQuery): string {
  const search = new URLSearchParams()
  for (const [name, value] of Object.entries(query)) {
    if (value !== null && value !== '') search.set(name, String(value))
  }
  const below = `${withoutEnd(server.pathname, '/')}${path}`
  return search.size === 0 ? below : `${below}?${search.toString()}`
}

function nameOf({ method, path }: Pick<ApiCall, 'method' | 'path'>): string {
  return `${method} ${path}`
}

function failureOf(error: unknown, call: ApiCall, signal: AbortSignal): ApiProblem {
  const late = signal.aborted
  return new ApiProblem(
    late ? 'late' : 'unreachable',
    nameOf(call),
    late ? 'no answer in time' : `no answer (${errorCode(error)})`,
    { cause: error },
  )
}

/** The server says how long, in the header or in its words; else longer each time. */
async function waitBefore(
  response: IncomingMessage,
  body: string,
  attempt: number,
  call: ApiCall,
): Promise<void> {
  const header = Number(response.headers['retry-after'])
  const told = header >= 0 ? header : retryAfterOf(body)
  const seconds = Math.min(told ?? 2 ** attempt / 2, LONGEST_WAIT_SECONDS)
  try {
    await wait(seconds * 1_000, undefined, { signal: call.signal })
  } catch (error) {
    throw failureOf(error, call, call.signal)
  }
}

async function textOf(
  response: IncomingMessage,
  maxBytes: number,
): Promise<{ text: string; cut: boolean }> {
  const pieces: Uint8Array[] = []
  let length = 0
  for await (const piece of response) {
    if (!(piece instanceof Uint8Array)) continue
    pieces.push(piece)
    length += piece.length
    if (length <= maxBytes) continue
    // Leaving the loop ends the connection.
    return { text: Buffer.concat(pieces).subarray(0, maxBytes).toString(), cut: true }
  }
  return { text: Buffer.concat(pieces).toString(), cut: false }
}
