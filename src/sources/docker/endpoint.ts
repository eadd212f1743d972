import { createHash } from 'node:crypto'
import * as z from 'zod/mini'
import { textOrNull } from '../reader.ts'
import type { Reader } from '../reader.ts'

/** Where an engine's API answers. */
export type Endpoint =
  | { kind: 'socket'; path: string; where: string }
  | { kind: 'tcp'; url: URL; certificates: string | null; where: string }

/**
 * The places where the Docker Engine API may answer, in the order the docker command would take: DOCKER_HOST alone where
 * it is set; else the current context, the system's socket, and the one of a rootless daemon.
 */
export function dockerEndpoints(reader: Reader): Endpoint[] {
  const { DOCKER_HOST: host, XDG_RUNTIME_DIR: runtime } = reader.env
  if (host !== undefined && host !== '') return endpoints(reader, [host])
  return endpoints(reader, [
    contextHost(reader),
    'unix:///var/run/docker.sock',
    runtime === undefined ? null : `unix://${runtime}/docker.sock`,
  ])
}

/** The same for Podman: CONTAINER_HOST, the system's socket, the user's. */
export function podmanEndpoints(reader: Reader): Endpoint[] {
  const { CONTAINER_HOST: host, XDG_RUNTIME_DIR: runtime } = reader.env
  if (host !== undefined && host !== '') return endpoints(reader, [host])
  return endpoints(reader, [
    'unix:///run/podman/podman.sock',
    runtime === undefined ? null : `unix://${runtime}/podman/podman.sock`,
  ])
}

function endpoints(reader: Reader, urls: readonly (string | null)[]): Endpoint[] {
  const known = new Set(urls.filter((url) => url !== null))
  return [...known].map((url) => endpointOf(reader, url)).filter((endpoint) => endpoint !== null)
}

function endpointOf(reader: Reader, url: string): Endpoint | null {
  if (url.startsWith('unix://')) {
    return { kind: 'socket', path: url.slice('unix://'.length), where: url }
  }
  if (!URL.canParse(url)) return null
  const parsed = new URL(url)
  if (!['tcp:', 'http:', 'https:'].includes(parsed.protocol)) return null
  const verify = (reader.env['DOCKER_TLS_VERIFY'] ?? '') !== ''
  const folder = reader.env['DOCKER_CERT_PATH'] ?? `${reader.env['HOME'] ?? ''}/.docker`
  return { kind: 'tcp', url: parsed, certificates: verify ? folder : null, where: url }
}

const ConfigFile = z.object({ currentContext: z.optional(z.string()) })
const ContextFile = z.object({
  Endpoints: z.object({ docker: z.object({ Host: z.optional(z.string()) }) }),
})

/** The host of the context that `docker context use` chose; Docker Desktop and rootless setups rely on it. */
function contextHost(reader: Reader): string | null {
  const folder = reader.env['DOCKER_CONFIG'] ?? `${reader.env['HOME'] ?? ''}/.docker`
  const chosen = reader.env['DOCKER_CONTEXT']
  const name =
    chosen ?? parsed(ConfigFile, textOrNull(reader, `${folder}/config.json`))?.currentContext
  if (name === undefined || name === '' || name === 'default') return null
  const hash = createHash('sha256').update(name).digest('hex')
  const meta = textOrNull(reader, `${folder}/contexts/meta/${hash}/meta.json`)
  return parsed(ContextFile, meta)?.Endpoints.docker.Host ?? null
}

function parsed<T>(schema: z.ZodMiniType<T>, text: string | null): T | null {
  if (text === null) return null
  try {
    const result = schema.safeParse(JSON.parse(text))
    return result.success ? result.data : null
  } catch {
    return null
  }
}
