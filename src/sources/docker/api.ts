import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type Dockerode from 'dockerode'
import type { Instant } from '../../model/time.ts'
import { errorCode } from '../reader.ts'
import type { Reader } from '../reader.ts'
import type { Endpoint } from './endpoint.ts'
import { MAX_ANSWER_BYTES } from './engine.ts'
import type { Engine, EngineAnswer } from './engine.ts'
import { demultiplex } from './multiplexed.ts'

/** An engine behind the Docker Engine API; Podman's compatible API answers the same calls. */
export function apiEngine(reader: Reader, name: 'docker' | 'podman', endpoint: Endpoint): Engine {
  let client: Promise<Dockerode> | null = null
  const connect = (): Promise<Dockerode> => (client ??= openClient(reader, endpoint))
  const ask = async (
    from: string,
    call: (client: Dockerode) => Promise<{ bytes: Uint8Array; truncated: boolean }>,
  ): Promise<EngineAnswer> => {
    try {
      const { bytes, truncated } = await call(await connect())
      return { outcome: 'answered', text: new TextDecoder().decode(bytes), from, truncated }
    } catch (error) {
      return failure(name, endpoint, error)
    }
  }

  return {
    name,
    where: endpoint.where,
    inspect: (container, abortSignal) =>
      ask(`GET /containers/${container}/json`, async (api) =>
        asJson(await api.getContainer(container).inspect({ abortSignal })),
      ),
    events: (id, span, abortSignal) =>
      ask(`GET /events?container=${id}`, async (api) =>
        collect(await api.getEvents({ ...pastEvents(name, id, span), abortSignal })),
      ),
    logs: (id, { tty, lines }, abortSignal) =>
      ask(`GET /containers/${id}/logs?tail=${lines}`, async (api) => {
        const answer = await api.getContainer(id).logs({
          stdout: true,
          stderr: true,
          timestamps: true,
          tail: lines,
          abortSignal,
        })
        const bytes = answer.subarray(0, MAX_ANSWER_BYTES)
        const truncated = bytes.length < answer.length
        return { bytes: tty ? bytes : demultiplex(bytes), truncated }
      }),
    stats: (id, abortSignal) =>
      ask(`GET /containers/${id}/stats?one-shot=true`, async (api) => {
        const options = { stream: false, 'one-shot': true, abortSignal } as const
        return asJson(await api.getContainer(id).stats(options))
      }),
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
): Dockerode.GetEventsOptions & { stream?: boolean } {
  const filters = { container: [id] }
  const since = span.since === null ? {} : { since: Math.floor(span.since / 1000) }
  if (name === 'docker') return { ...since, until: span.until / 1000, filters }
  return { ...since, stream: false, filters }
}

/** Loaded on first use: it costs 60 to 110 ms, which commands on files need not pay. */
async function openClient(reader: Reader, endpoint: Endpoint): Promise<Dockerode> {
  const { default: Client } = await import('dockerode')
  if (endpoint.kind === 'socket')
    return new Client({ socketPath: join(reader.root, endpoint.path) })
  const { url, certificates } = endpoint
  const secure = certificates !== null || url.protocol === 'https:'
  return new Client({
    protocol: secure ? 'https' : 'http',
    host: url.hostname,
    port: url.port === '' ? (secure ? 2376 : 2375) : url.port,
    ...(certificates === null
      ? {}
      : {
          ca: readFileSync(join(reader.root, certificates, 'ca.pem')),
          cert: readFileSync(join(reader.root, certificates, 'cert.pem')),
          key: readFileSync(join(reader.root, certificates, 'key.pem')),
        }),
  })
}

function asJson(value: unknown): { bytes: Uint8Array; truncated: boolean } {
  return { bytes: Buffer.from(JSON.stringify(value)), truncated: false }
}

async function collect(
  stream: NodeJS.ReadableStream,
): Promise<{ bytes: Uint8Array; truncated: boolean }> {
  const pieces: Buffer[] = []
  let length = 0
  for await (const chunk of stream) {
    const piece = Buffer.from(chunk)
    length += piece.length
    // The newest events are the ones that count.
    pieces.push(piece)
    while (length > MAX_ANSWER_BYTES && pieces.length > 1) length -= pieces.shift()?.length ?? 0
  }
  return { bytes: Buffer.concat(pieces), truncated: length > MAX_ANSWER_BYTES }
}

function failure(name: string, endpoint: Endpoint, error: unknown): EngineAnswer {
  const status = statusOf(error)
  if (status === 404) return { outcome: 'not-found' }
  const { where } = endpoint
  if (status === 401 || status === 403) {
    return { outcome: 'denied', says: `${name} at ${where} refuses the call: ${messageOf(error)}` }
  }
  if (status !== null)
    return { outcome: 'failed', says: `${name} at ${where}: ${messageOf(error)}` }
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
    return { outcome: 'unreachable', says: `${where} did not answer in time` }
  }
  return { outcome: 'unreachable', says: `${where} could not be reached: ${messageOf(error)}` }
}

function statusOf(error: unknown): number | null {
  if (typeof error !== 'object' || error === null || !('statusCode' in error)) return null
  return typeof error.statusCode === 'number' ? error.statusCode : null
}

function messageOf(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error)
  return message.replace(/\s+/g, ' ').trim().slice(0, 300)
}
