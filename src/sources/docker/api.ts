import * as z from 'zod/mini'
import type { Instant } from '../../model/time.ts'
import { errorCode } from '../../model/error-code.ts'
import { errorMessage } from '../../model/error-message.ts'
import type { Reader } from '../reader.ts'
import type { Endpoint } from './endpoint.ts'
import { MAX_ANSWER_BYTES } from './engine.ts'
import type { Engine, EngineAnswer } from './engine.ts'
import { httpGet, httpStream } from './http.ts'
import { demultiplex } from './multiplexed.ts'

/** An engine behind the Docker Engine API; Podman's compatible API answers the same calls. */
export function apiEngine(reader: Reader, name: 'docker' | 'podman', endpoint: Endpoint): Engine {
  const ask = async (
    path: string,
    signal: AbortSignal,
    unpack: (body: Uint8Array) => Uint8Array = (body) => body,
  ): Promise<EngineAnswer> => {
    try {
      const query = { path, signal, maxBytes: MAX_ANSWER_BYTES }
      const { status, body, truncated } = await httpGet(reader, endpoint, query)
      const text = new TextDecoder().decode(status === 200 ? unpack(body) : body)
      if (status !== 200) return refusal(name, endpoint, status, text)
      return { outcome: 'answered', text, from: `GET ${decodeURIComponent(path)}`, truncated }
    } catch (error) {
      return failure(name, endpoint, error)
    }
  }
  const container = (id: string): string => `/containers/${encodeURIComponent(id)}`
  return {
    name,
    where: endpoint.where,
    inspect: (id, signal) => ask(`${container(id)}/json`, signal),
    version: (signal) => ask('/version', signal),
    info: (signal) => ask('/info', signal),
    list: (signal) => ask('/containers/json', signal),
    listAll: (signal) => ask('/containers/json?all=true', signal),
    events: (id, span, signal) => ask(`/events?${pastEvents(name, id, span)}`, signal),
    follow: async (since, signal, onChunk) => {
      try {
        const path = `/events?${eventsFrom(name, since)}`
        const status = await httpStream(reader, endpoint, { path, signal, onChunk })
        if (signal.aborted) return null
        return {
          says:
            status === 200
              ? `${endpoint.where} ended its events`
              : `${endpoint.where} gives no events: status ${status}`,
        }
      } catch (error) {
        return signal.aborted ? null : { says: failure(name, endpoint, error).says }
      }
    },
    logs: (id, { tty, lines }, signal) => {
      const path = `${container(id)}/logs?stdout=true&stderr=true&timestamps=true&tail=${lines}`
      return tty ? ask(path, signal) : ask(path, signal, demultiplex)
    },
    stats: (id, signal) => ask(`${container(id)}/stats?stream=false&one-shot=true`, signal),
  }
}

/**
 * Only what happened already. Docker's stream ends at `until`, for which it waits if that is still to come: hence its
 * fraction. Podman 4.3 may end at once and lose events where `until` is past, and takes `stream` instead.
 */
function pastEvents(
  name: 'docker' | 'podman',
  id: string,
  span: { since: Instant | null; until: Instant },
): string {
  const query = new URLSearchParams({ filters: JSON.stringify({ container: [id] }) })
  if (span.since !== null) query.set('since', String(Math.floor(span.since / 1000)))
  if (name === 'docker') query.set('until', (span.until / 1000).toFixed(3))
  else query.set('stream', 'false')
  return query.toString()
}

function eventsFrom(name: 'docker' | 'podman', since: Instant): string {
  const query = new URLSearchParams({
    filters: JSON.stringify({ type: ['container'] }),
    since: (since / 1000).toFixed(name === 'docker' ? 3 : 0),
  })
  if (name === 'podman') query.set('stream', 'true')
  return query.toString()
}

function refusal(name: string, endpoint: Endpoint, status: number, body: string): EngineAnswer {
  if (status === 404) return { outcome: 'not-found' }
  const message = messageIn(body) ?? `status ${status}`
  if (status === 401 || status === 403) {
    return { outcome: 'denied', says: `${name} at ${endpoint.where} refuses the call: ${message}` }
  }
  return { outcome: 'failed', says: `${name} at ${endpoint.where}: ${message}` }
}

const ErrorBody = z.object({ message: z.string() })

function messageIn(body: string): string | null {
  try {
    const result = ErrorBody.safeParse(JSON.parse(body))
    return result.success ? oneLine(result.data.message) : null
  } catch {
    return null
  }
}

/** Why a call of an engine failed. */
export function failure(
  name: string,
  endpoint: Endpoint,
  error: unknown,
): Extract<EngineAnswer, { says: string }> {
  const { where } = endpoint
  const code = errorCode(error)
  if (code === 'EACCES' || code === 'EPERM') {
    const group = name === 'docker' ? ' or the group docker' : ''
    return { outcome: 'denied', says: `${where} may not be opened: it needs root${group}` }
  }
  if (code === 'ENOENT') return { outcome: 'unreachable', says: `${where} does not exist` }
  if (code === 'ECONNREFUSED') {
    return { outcome: 'unreachable', says: `nobody answers at ${where}: the daemon is not running` }
  }
  if (error instanceof Error && error.name === 'AbortError') {
    return { outcome: 'failed', says: `${where} did not answer in time` }
  }
  return {
    outcome: 'unreachable',
    says: `${where} could not be reached: ${oneLine(errorMessage(error))}`,
  }
}

function oneLine(text: string): string {
  return text.replace(/\s+/g, ' ').trim().slice(0, 300)
}
