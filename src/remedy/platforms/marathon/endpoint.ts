import { unreachableError } from '../../../model/errors.ts'
import { textOrNull } from '../../../sources/reader.ts'
import type { Hands } from '../../driver.ts'

export interface Endpoint {
  /** Without a slash at its end; the API's paths begin with /v2. */
  url: string
  /** The value of the Authorization header; null: none is sent. Never printed. */
  authorization: string | null
}

const MAX_ANSWER_BYTES = 64 * 1024

/**
 * MARATHON_URL, with the token of the file STELLA_MARATHON_TOKEN_FILE where it is set. Without MARATHON_URL, the cluster that
 * the dcos program is attached to; it knows its own token.
 *
 * @throws StellaError where neither tells a cluster
 */
export async function marathonEndpoint(hands: Hands): Promise<Endpoint> {
  const { env } = hands.reader
  const url = env['MARATHON_URL'] ?? ''
  const token = tokenOfFile(hands)
  if (url !== '') return withUser(checked(url), token)
  const cluster = await askDcos('core.dcos_url', hands)
  if (cluster === null) {
    throw unreachableError(
      'it is not known where Marathon is',
      null,
      'set MARATHON_URL, or attach the dcos program to the cluster (dcos cluster setup)',
    )
  }
  const own = token ?? (await askDcos('core.dcos_acs_token', hands))
  return {
    url: `${checked(cluster)}/service/marathon`,
    authorization: own === null || own.includes('=') ? own : `token=${own}`,
  }
}

/** `http://USER:PASSWORD@HOST`, as other programs take it too. */
function withUser(url: string, token: string | null): Endpoint {
  const { username, password, host } = new URL(url)
  if (username === '') return { url, authorization: token }
  const basic = Buffer.from(`${decodeURIComponent(username)}:${decodeURIComponent(password)}`)
  return {
    url: url.replace(/\/\/[^/]*/, `//${host}`),
    authorization: token ?? `Basic ${basic.toString('base64')}`,
  }
}

/** `token=…` is what DC/OS wants; a file may hold the whole header (`Basic …`, `Bearer …`) for another Marathon. */
function tokenOfFile({ reader }: Hands): string | null {
  const file = reader.env['STELLA_MARATHON_TOKEN_FILE'] ?? ''
  if (file === '') return null
  const token = textOrNull(reader, file)?.trim() ?? ''
  if (token === '') {
    throw unreachableError('holds no token', file, 'see STELLA_MARATHON_TOKEN_FILE')
  }
  return /[ =]/.test(token) ? token : `token=${token}`
}

async function askDcos(key: string, { reader, signal }: Hands): Promise<string | null> {
  const options = { signal, maxBytes: MAX_ANSWER_BYTES, env: reader.env }
  const result = await reader.run(['dcos', 'config', 'show', key], options)
  const answer = result.stdout.trim()
  return result.exitCode === 0 && answer !== '' ? answer : null
}

function checked(url: string): string {
  const isWeb = URL.canParse(url) && /^https?:$/.test(new URL(url).protocol)
  if (isWeb) return url.replace(/\/+$/, '')
  throw unreachableError('MARATHON_URL is no address', null, 'write it as http://HOST:8080')
}
