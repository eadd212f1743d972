import { usageError } from '../../../model/errors.ts'
import { isLoopback } from '../../../model/loopback.ts'
import { withoutEnd } from '../../../model/without-end.ts'

/** One server that has the images of a registry: itself, or a mirror. */
export interface Endpoint {
  /** `https://registry-1.docker.io`, without a slash at its end. */
  base: string
  /** By which its credentials are kept. */
  host: string
  /** It may be spoken to without TLS: this machine, or a host that was named. */
  isInsecure: boolean
}

type Environment = Readonly<Record<string, string | undefined>>

export const MIRRORS_VARIABLE = 'STELLA_REGISTRY_MIRRORS'
export const INSECURE_VARIABLE = 'STELLA_REGISTRY_INSECURE'

/**
 * Where images of a registry are asked for: its mirrors in their order, then itself.
 *
 * @throws StellaError 2 where a variable is not understood
 */
export function endpointsOf(host: string, env: Environment): readonly Endpoint[] {
  const insecure = listOf(env[INSECURE_VARIABLE])
  return [
    ...mirrorsOf(host, env).map((url) => mirrorAt(url)),
    {
      base: `https://${host === 'docker.io' ? 'registry-1.docker.io' : host}`,
      host,
      isInsecure: isLoopback(host) || insecure.includes(host),
    },
  ]
}

function mirrorsOf(host: string, env: Environment): string[] {
  return listOf(env[MIRRORS_VARIABLE]).flatMap((pair) => {
    const equals = pair.indexOf('=')
    if (equals < 1) throw notUnderstood(pair)
    return pair.slice(0, equals) === host ? [pair.slice(equals + 1)] : []
  })
}

function mirrorAt(text: string): Endpoint {
  const url = URL.canParse(text) ? new URL(text) : null
  const isWeb = url !== null && ['http:', 'https:'].includes(url.protocol)
  if (!isWeb || url.username !== '' || url.password !== '' || url.search !== '') {
    throw notUnderstood(url === null ? text : `${url.protocol}//${url.host}`)
  }
  return {
    base: `${url.origin}${withoutEnd(url.pathname, '/')}`,
    host: url.host,
    // Whoever writes http:// means it.
    isInsecure: url.protocol === 'http:',
  }
}

function notUnderstood(part: string): Error {
  return usageError(
    `it is no mirror: ${part.slice(0, 100)}`,
    MIRRORS_VARIABLE,
    'write HOST=URL, as docker.io=https://mirror.example.org, and commas between several; credentials belong into the file of docker login',
  )
}

function listOf(text: string | undefined): string[] {
  return (text ?? '')
    .split(',')
    .map((each) => each.trim())
    .filter((each) => each !== '')
}

/** Whether an insecure endpoint may lead there without TLS: to itself, or within this machine. */
export function mayBePlain(target: URL, from: URL): boolean {
  if (target.protocol !== 'http:') return false
  return target.hostname === from.hostname || (isLoopback(target.host) && isLoopback(from.host))
}
