import { unreachableError, usageError } from '../../../model/errors.ts'
import { errorCode } from '../../../model/error-code.ts'
import { mayBePlain } from './endpoints.ts'
import { type Patience, pauseAfter } from './patience.ts'

export interface Call {
  url: string
  method?: 'GET' | 'POST'
  headers: Readonly<Record<string, string>>
  body?: string
  /** The server may be spoken to without TLS. */
  isInsecure: boolean
  signal: AbortSignal
}

/** An answer whose body was not read yet; `stop` ends the connection. */
export interface Answer {
  status: number
  headers: Headers
  body: ReadableStream<Uint8Array> | null
  stop(): void
}

const MAX_REDIRECTS = 5
const AGAIN: readonly number[] = [408, 429, 500, 502, 503, 504]

/**
 * One call, repeated while the server is busy or out of reach. What it answers else is an answer, whatever the status.
 *
 * @throws StellaError 3 where no answer comes, 2 where it leads to where it must not
 */
export async function send(call: Call, patience: Patience): Promise<Answer> {
  for (let failures = 0; ;) {
    const answer = await attempt(call, patience)
    failures += 1
    const isLast = failures >= patience.attempts
    if ('failed' in answer) {
      call.signal.throwIfAborted()
      if (isLast || isFinal(answer.code)) throw outOfReach(call.url, answer.code, answer.failed)
      await pauseAfter(failures, null, patience, call.signal)
    } else {
      if (isLast || !AGAIN.includes(answer.status)) return answer
      answer.stop()
      await pauseAfter(failures, answer.headers.get('retry-after'), patience, call.signal)
    }
  }
}

async function attempt(
  call: Call,
  patience: Patience,
): Promise<Answer | { failed: unknown; code: string }> {
  let { url } = call
  let headers = { ...call.headers }
  for (let redirects = 0; redirects <= MAX_REDIRECTS; redirects += 1) {
    const answer = await once({ ...call, url, headers }, patience)
    if ('failed' in answer) return answer
    const target = redirectOf(answer, url)
    if (target === null) return answer
    answer.stop()
    checkTarget(target, url, call.isInsecure)
    if (target.origin !== new URL(url).origin) {
      // What opens the registry is nothing that another server may see.
      headers = Object.fromEntries(
        Object.entries(headers).filter(([name]) => name !== 'authorization'),
      )
    }
    url = target.href
  }
  throw usageError(
    `it redirects more than ${MAX_REDIRECTS} times`,
    shownUrl(call.url),
    'ask its owner',
  )
}

/** The head of one answer; the signal that is given to `fetch` also ends the body. */
async function once(
  call: Call,
  { answer: answerTime }: Patience,
): Promise<Answer | { failed: unknown; code: string }> {
  const stop = new AbortController()
  let isLate = false
  const timer = setTimeout(() => {
    isLate = true
    stop.abort()
  }, answerTime)
  try {
    const response = await fetch(call.url, {
      method: call.method ?? 'GET',
      // A body that is packed on its way is not what its digest says.
      headers: { 'accept-encoding': 'identity', 'user-agent': 'stella', ...call.headers },
      ...(call.body === undefined ? {} : { body: call.body }),
      redirect: 'manual',
      signal: AbortSignal.any([call.signal, stop.signal]),
    })
    const { status, headers, body } = response
    return { status, headers, body, stop: () => stop.abort() }
  } catch (error) {
    return { failed: error, code: isLate ? 'no answer' : errorCode(error) }
  } finally {
    clearTimeout(timer)
  }
}

function redirectOf({ status, headers }: Answer, from: string): URL | null {
  if (![301, 302, 303, 307, 308].includes(status)) return null
  const location = headers.get('location') ?? ''
  if (URL.canParse(location, from)) return new URL(location, from)
  throw usageError('it redirects to nowhere', shownUrl(from), 'ask its owner')
}

/** @throws StellaError 2 where a redirect leaves TLS, or the web */
function checkTarget(target: URL, from: string, isInsecure: boolean): void {
  if (target.protocol === 'https:') return
  if (isInsecure && mayBePlain(target, new URL(from))) return
  throw usageError(
    `it redirects to ${shownUrl(target.href)}, which is not encrypted`,
    shownUrl(from),
    'ask its owner',
  )
}

/** Nothing becomes better by asking again: no such host, another certificate, no TLS there. */
function isFinal(code: string): boolean {
  return code === 'ENOTFOUND' || /CERT|SSL|TLS|EPROTO|ALTNAME|UNABLE_TO|SELF_SIGNED/.test(code)
}

export function outOfReach(url: string, code: string, cause: unknown): Error {
  const isCertificate = /CERT|UNABLE_TO|ALTNAME|SELF_SIGNED/.test(code)
  return unreachableError(
    `the registry is out of reach (${code})`,
    shownUrl(url),
    isCertificate
      ? 'name the certificate of its authority in NODE_EXTRA_CA_CERTS'
      : 'see that its name is right, and that it can be reached from here',
    { cause },
  )
}

/** Without a query, which may open a door, and without names before the host. */
export function shownUrl(url: string): string {
  const { protocol, host, pathname } = new URL(url)
  return `${protocol}//${host}${pathname}`.slice(0, 300)
}

/** Whether a server speaks TLS, asked once and without patience: a host of this machine may do either. */
export async function speaksTls(
  base: string,
  signal: AbortSignal,
  answer: number,
): Promise<boolean> {
  try {
    await (
      await fetch(`${base}/v2/`, {
        method: 'HEAD',
        redirect: 'manual',
        signal: AbortSignal.any([signal, AbortSignal.timeout(answer)]),
      })
    ).body?.cancel()
    return true
  } catch (error) {
    signal.throwIfAborted()
    return !/SSL|EPROTO|ECONNRESET|UND_ERR_SOCKET/.test(errorCode(error))
  }
}
