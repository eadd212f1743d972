/** HTTP of Marathon and Mesos: bounded in size, and true to the server that was named. */
import { errorCode } from '../../model/error-code.ts'
import type { ClusterServer } from './endpoint.ts'

export interface ClusterCall {
  /** With its query; begins with a slash. */
  path: string
  signal: AbortSignal
  maxBytes: number
  method?: 'GET' | 'PUT' | 'DELETE'
  /** JSON. */
  body?: object
}

export type ClusterAnswer =
  /** `text` ends at `maxBytes` where it is `truncated`. */
  | { outcome: 'answered'; status: number; text: string; truncated: boolean }
  /** It leads to another server, which does not get our credentials. */
  | { outcome: 'elsewhere'; origin: string }
  | { outcome: 'away'; says: string; cause: unknown }

/** A leader that moves answers with another path of its own at most this often in a row. */
const MOST_REDIRECTS = 3

/**
 * One call, whatever the status. A redirect is followed on the same origin alone. Never throws.
 */
export async function callCluster(
  server: ClusterServer,
  { path, signal, maxBytes, method = 'GET', body }: ClusterCall,
): Promise<ClusterAnswer> {
  const init: RequestInit = {
    method,
    signal,
    redirect: 'manual',
    headers: {
      accept: 'application/json',
      ...(server.authorization === null ? {} : { authorization: server.authorization }),
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  }
  try {
    let url = new URL(`${server.url}${path}`)
    for (let redirects = 0; redirects <= MOST_REDIRECTS; redirects++) {
      const response = await fetch(url, init)
      const next = nextOf(response, url)
      if (next === null) {
        return {
          outcome: 'answered',
          status: response.status,
          ...(await textOf(response, maxBytes)),
        }
      }
      await response.body?.cancel()
      if (next.origin !== url.origin) return { outcome: 'elsewhere', origin: next.origin }
      url = next
    }
    return { outcome: 'away', says: 'it leads round in a circle', cause: null }
  } catch (error) {
    const says = signal.aborted
      ? 'it did not answer in time'
      : `it does not answer (${errorCode(error)})`
    return { outcome: 'away', says, cause: error }
  }
}

function nextOf({ status, headers }: Response, from: URL): URL | null {
  const location = headers.get('location')
  if (status < 300 || status > 399 || location === null) return null
  return URL.canParse(location, from.href) ? new URL(location, from) : null
}

async function textOf(
  response: Response,
  maxBytes: number,
): Promise<{ text: string; truncated: boolean }> {
  const pieces: Uint8Array[] = []
  let length = 0
  for await (const piece of response.body ?? []) {
    const room = maxBytes - length
    pieces.push(piece.subarray(0, room))
    length += piece.length
    if (length > maxBytes) break
  }
  return { text: Buffer.concat(pieces).toString(), truncated: length > maxBytes }
}
