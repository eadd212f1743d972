import { unreachableError } from '../../model/errors.ts'
import { textOrNull } from '../reader.ts'
import type { Reader } from '../reader.ts'
import { withoutEnd } from '../../model/without-end.ts'

/** A server of the cluster, and what lets us in. */
export interface ClusterServer {
  /** Without credentials and without a slash at its end. */
  url: string
  /** The value of the Authorization header; null: none is sent. Never printed. */
  authorization: string | null
}

export interface MarathonEndpoint extends ClusterServer {
  /** DC/OS: its Admin Router, which leads to the Mesos master and to every agent; null: a Marathon by itself. */
  router: string | null
}

export interface EndpointSearch {
  reader: Reader
  signal: AbortSignal
}

const MAX_ANSWER_BYTES = 64 * 1024
/** What the Admin Router of DC/OS puts before a service. */
const SERVICE_PATH = /\/service\/[^/]+$/

/**
 * STELLA_MARATHON_URL or MARATHON_URL; else the DC/OS cluster of DCOS_URL, or the one that the dcos program is attached to. The
 * token is that of the file STELLA_MARATHON_TOKEN_FILE, else DCOS_ACS_TOKEN or the program's own, which go to DC/OS alone.
 *
 * @throws StellaError where none of them tells a cluster
 */
export async function marathonEndpoint(search: EndpointSearch): Promise<MarathonEndpoint> {
  const { env } = search.reader
  const token = tokenOfFile(search.reader)
  for (const name of ['STELLA_MARATHON_URL', 'MARATHON_URL']) {
    const url = env[name] ?? ''
    if (url !== '') return named(serverAt(url, name), token, env)
  }
  const told = env['DCOS_URL'] ?? ''
  const url = told !== '' ? told : await askDcos('core.dcos_url', search)
  if (url === null) {
    throw unreachableError(
      'it is not known where Marathon is',
      null,
      'set MARATHON_URL, or attach the dcos program to the cluster (dcos cluster setup)',
    )
  }
  const router = serverAt(url, told !== '' ? 'DCOS_URL' : 'core.dcos_url of dcos')
  return {
    url: `${router.url}/service/marathon`,
    authorization:
      token ?? router.authorization ?? dcosToken(env) ?? (await programsToken(told, search)),
    router: router.url,
  }
}

function named(
  { url, authorization }: ClusterServer,
  token: string | null,
  env: Reader['env'],
): MarathonEndpoint {
  const router = SERVICE_PATH.test(url) ? url.replace(SERVICE_PATH, '') : null
  // Another Marathon has no use for the token of DC/OS, and must not get it.
  const own = router === null ? null : dcosToken(env)
  return { url, authorization: token ?? authorization ?? own, router }
}

/**
 * `http://USER:PASSWORD@HOST`, as other programs take it too.
 *
 * @param name what the address is called where it is none
 * @throws StellaError (unreachable)
 */
export function serverAt(text: string, name: string): ClusterServer {
  const { username, password, origin, pathname } = checked(text, name)
  const url = withoutEnd(`${origin}${pathname}`, '/')
  if (username === '') return { url, authorization: null }
  const basic = Buffer.from(`${decoded(username)}:${decoded(password)}`)
  return { url, authorization: `Basic ${basic.toString('base64')}` }
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part)
  } catch {
    throw unreachableError(
      'the user or the password in the address of Marathon cannot be read',
      null,
      'write a % in them as %25',
    )
  }
}

/** `token=…` is what DC/OS wants; a file may hold the whole header (`Basic …`, `Bearer …`) for another Marathon. */
function tokenOfFile(reader: Reader): string | null {
  const file = reader.env['STELLA_MARATHON_TOKEN_FILE'] ?? ''
  if (file === '') return null
  const token = textOrNull(reader, file)?.trim() ?? ''
  if (token === '') {
    throw unreachableError('holds no token', file, 'see STELLA_MARATHON_TOKEN_FILE')
  }
  return header(token, file)
}

function dcosToken(env: Reader['env']): string | null {
  const token = (env['DCOS_ACS_TOKEN'] ?? '').trim()
  return token === '' ? null : header(token, 'DCOS_ACS_TOKEN')
}

/** The program knows the token of the cluster that it is attached to; another one must not get it. */
async function programsToken(named: string, search: EndpointSearch): Promise<string | null> {
  if (named !== '') return null
  const token = await askDcos('core.dcos_acs_token', search)
  return token === null ? null : header(token, 'core.dcos_acs_token of dcos')
}

/** What cannot stand in a header would be told by the error about it. */
function header(token: string, where: string): string {
  if (!/^[\x20-\x7e]+$/.test(token)) {
    throw unreachableError('holds no token', where, 'give the token alone, in one line')
  }
  return /[ =]/.test(token) ? token : `token=${token}`
}

async function askDcos(key: string, { reader, signal }: EndpointSearch): Promise<string | null> {
  const options = { signal, maxBytes: MAX_ANSWER_BYTES, env: reader.env }
  const result = await reader.run(['dcos', 'config', 'show', key], options)
  const answer = result.stdout.trim()
  return result.exitCode === 0 && answer !== '' ? answer : null
}

/** Without what was written: a password may stand in it. */
function checked(url: string, name: string): URL {
  const address = URL.canParse(url) ? new URL(url) : null
  if (address !== null && /^https?:$/.test(address.protocol)) return address
  throw unreachableError(`${name} is no address`, null, 'write it as http://HOST:8080')
}
