import { readFileSync } from 'node:fs'
import { StellaError, unreachableError, usageError } from '../../model/errors.ts'
import { refusalIn } from '../../parsers/series/prometheus-answer.ts'
import { MAX_TEXT_BYTES } from '../../parsers/format.ts'
import { errorCode } from '../../model/error-code.ts'
import { unreadInput } from '../../model/unread-input.ts'

/** Where a Prometheus answers, and how it lets us in. */
export interface PrometheusServer {
  /** Without credentials: it stands in error texts. */
  where: string
  base: URL
  /** Empty: it lets everybody in. */
  authorization: string
}

export interface ServerOptions {
  url: string
  /** Holds a bearer token. */
  tokenFile?: string | undefined
  /** Holds it in STELLA_PROMETHEUS_TOKEN. */
  env: Readonly<Record<string, string | undefined>>
}

const TIMEOUT_MS = 30_000

/** @throws StellaError 2 where the address is none; 3 where the token cannot be read */
export function prometheusServer({ url, tokenFile, env }: ServerOptions): PrometheusServer {
  const base = URL.canParse(url) ? new URL(url) : null
  const basic = base === null ? null : basicIn(base)
  if (base === null || basic === null || !/^https?:$/.test(base.protocol)) {
    throw usageError(
      'what is named as Prometheus is no address of a server',
      null,
      'write it as http://HOST:9090',
    )
  }
  base.username = ''
  base.password = ''
  base.search = ''
  base.hash = ''
  if (!base.pathname.endsWith('/')) base.pathname += '/'
  const token = tokenFile === undefined ? tokenIn(env) : tokenInFile(tokenFile)
  return { where: base.origin, base, authorization: token === '' ? basic : `Bearer ${token}` }
}

/** What an address says of who asks; empty: nothing. Null where it cannot be read. */
function basicIn({ username, password }: URL): string | null {
  if (username === '') return ''
  try {
    const pair = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`
    return `Basic ${Buffer.from(pair).toString('base64')}`
  } catch {
    return null
  }
}

function tokenIn(env: ServerOptions['env']): string {
  const name = 'STELLA_PROMETHEUS_TOKEN'
  const token = (env[name] ?? '').trim()
  return token === '' ? '' : readable(token, name)
}

function tokenInFile(path: string): string {
  try {
    return readable(readFileSync(path, 'utf8').trim(), path)
  } catch (error) {
    throw unreadInput(error, path, 'name a file with the bearer token')
  }
}

/** What cannot stand in a header would be told by the error about it. */
function readable(token: string, where: string): string {
  if (/^[\x21-\x7e]+$/.test(token)) return token
  throw usageError('it holds no bearer token', where, 'give the token alone, in one line')
}

/**
 * One GET of the HTTP API.
 *
 * @throws StellaError 2 where the server refuses the query; 3 where it does not answer, or refuses us
 */
export async function askPrometheus(
  { where, base, authorization }: PrometheusServer,
  call: string,
  query: Readonly<Record<string, string>>,
  signal: AbortSignal | undefined,
): Promise<string> {
  const url = new URL(call, base)
  url.search = new URLSearchParams(query).toString()
  const headers = authorization === '' ? {} : { authorization }
  const timeout = AbortSignal.timeout(TIMEOUT_MS)
  let status: number
  let text: string
  try {
    const response = await fetch(url, {
      headers,
      signal: AbortSignal.any(signal === undefined ? [timeout] : [signal, timeout]),
    })
    status = response.status
    text = await bodyOf(response, where)
  } catch (error) {
    signal?.throwIfAborted()
    throw failure(error, where, timeout.aborted)
  }
  if (status === 200) return text
  throw refusal(status, refusalIn(text), where)
}

async function bodyOf(response: Response, where: string): Promise<string> {
  const pieces: Uint8Array[] = []
  let length = 0
  for await (const piece of response.body ?? []) {
    length += piece.length
    if (length > MAX_TEXT_BYTES) {
      throw usageError(
        'the answer is larger than 64 MiB',
        where,
        'ask for one container, for a shorter time, or with a longer step',
      )
    }
    pieces.push(piece)
  }
  return Buffer.concat(pieces).toString()
}

function refusal(status: number, says: string | null, where: string): StellaError {
  if (status === 401 || status === 403) {
    return unreachableError(
      `Prometheus wants to know who asks (status ${status})`,
      where,
      'give a bearer token in a file, or in STELLA_PROMETHEUS_TOKEN',
    )
  }
  if (says !== null && status < 500) {
    return usageError(`Prometheus refused the query: ${says}`, where, 'correct the query')
  }
  return unreachableError(
    says === null
      ? `the server answers with status ${status}, not as a Prometheus does`
      : `Prometheus failed: ${says}`,
    where,
    says === null ? 'check the address, with the path before /api' : 'ask for less, or try again',
  )
}

function failure(error: unknown, where: string, late: boolean): unknown {
  if (error instanceof StellaError) return error
  if (late) {
    return unreachableError(
      `no answer within ${TIMEOUT_MS / 1_000} s`,
      where,
      'ask for less, or look at the server',
    )
  }
  return unreachableError(
    `Prometheus could not be reached (${errorCode(error)})`,
    where,
    'check the address, and that the server runs',
    { cause: error },
  )
}
