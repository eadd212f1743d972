/** Who we are at a registry: the files that `docker login`, `podman login` and `skopeo login` write. */
import { readFileSync } from 'node:fs'
import * as z from 'zod/mini'
import { jsonOrNull } from '../json.ts'
import { usageError } from '../../../model/errors.ts'
import { askHelper } from './helper.ts'
import { withoutEnd } from '../../../model/without-end.ts'

export type Credentials =
  | { kind: 'basic'; user: string; password: string }
  /** Is exchanged for tokens. */
  | { kind: 'identity'; token: string }

export interface CredentialsFound {
  /** Null: as anybody. */
  credentials: Credentials | null
  /** Why some could not be looked up. */
  problem: string | null
}

type Environment = Readonly<Record<string, string | undefined>>

const Entry = z.object({
  auth: z.nullish(z.string()),
  identitytoken: z.nullish(z.string()),
  username: z.nullish(z.string()),
  password: z.nullish(z.string()),
})
const File = z.object({
  auths: z.nullish(z.record(z.string(), Entry)),
  credHelpers: z.nullish(z.record(z.string(), z.string())),
  credsStore: z.nullish(z.string()),
})
type AuthFile = z.infer<typeof File>

const MAX_FILE_BYTES = 1024 * 1024

/**
 * Looks through the files in the order of podman, and Docker's last. Helpers are asked before plain entries.
 *
 * @throws StellaError 2 where a file is no JSON
 */
export async function credentialsFor(
  host: string,
  repository: string,
  env: Environment,
  signal: AbortSignal,
): Promise<CredentialsFound> {
  let problem: string | null = null
  for (const path of filesOf(env)) {
    const file = readAuthFile(path)
    if (file === null) continue
    const helper = helperFor(file, host)
    const own = entryFor(file, host, repository)
    if (helper === null) {
      if (own !== null) return { credentials: own, problem: null }
      continue
    }
    const answer = await askHelper(helper, keptAs(host), env, signal)
    if (answer.kind === 'found') return { credentials: fromHelper(answer), problem: null }
    if (own !== null) return { credentials: own, problem: null }
    if (answer.kind === 'failed') problem ??= answer.says
  }
  return { credentials: null, problem }
}

function filesOf(env: Environment): string[] {
  const home = env['HOME'] ?? ''
  const { REGISTRY_AUTH_FILE: chosen, XDG_RUNTIME_DIR: runtime } = env
  if (chosen !== undefined && chosen !== '') return [chosen]
  return [
    ...(runtime === undefined ? [] : [`${runtime}/containers/auth.json`]),
    `${env['XDG_CONFIG_HOME'] ?? `${home}/.config`}/containers/auth.json`,
    `${env['DOCKER_CONFIG'] ?? `${home}/.docker`}/config.json`,
  ]
}

/** Null where there is none that may be read. */
function readAuthFile(path: string): AuthFile | null {
  let text: string
  try {
    text = readFileSync(path, 'utf8')
  } catch {
    return null
  }
  const file = File.safeParse(text.length > MAX_FILE_BYTES ? null : jsonOrNull(text))
  if (file.success) return file.data
  throw usageError('it is no file with credentials', path, "write it again with 'docker login'")
}

function helperFor({ credHelpers, credsStore }: AuthFile, host: string): string | null {
  const own = Object.entries(credHelpers ?? {}).find(([key]) => hostOf(key) === host)?.[1]
  const helper = own ?? credsStore ?? null
  return helper === '' ? null : helper
}

/** The entry of the host, or a closer one of podman's: `quay.io/team/app`. */
function entryFor({ auths }: AuthFile, host: string, repository: string): Credentials | null {
  let best: { length: number; credentials: Credentials } | null = null
  for (const [key, entry] of Object.entries(auths ?? {})) {
    const credentials = fromEntry(entry)
    const length = credentials === null ? null : fit(key, host, repository)
    if (credentials !== null && length !== null && length > (best?.length ?? -1)) {
      best = { length, credentials }
    }
  }
  return best?.credentials ?? null
}

/** How much of the repository a key names; null where it is for another. */
function fit(key: string, host: string, repository: string): number | null {
  if (hostOf(key) !== host) return null
  const path = withoutEnd(withoutScheme(key).split('/').slice(1).join('/'), '/')
  // Docker writes addresses with the version of the API behind them.
  if (path === '' || /^v[12]$/.test(path)) return 0
  return `${repository}/`.startsWith(`${path}/`) ? path.length : null
}

function hostOf(key: string): string {
  const host = withoutScheme(key).split('/', 1)[0] ?? ''
  return ['index.docker.io', 'registry-1.docker.io'].includes(host) ? 'docker.io' : host
}

function withoutScheme(key: string): string {
  return key.replace(/^https?:\/\//, '')
}

/** Docker Hub is kept under the address that it had first. */
function keptAs(host: string): string {
  return host === 'docker.io' ? 'https://index.docker.io/v1/' : host
}

function fromEntry(entry: z.infer<typeof Entry>): Credentials | null {
  if (isText(entry.identitytoken)) return { kind: 'identity', token: entry.identitytoken }
  if (isText(entry.username) && isText(entry.password)) {
    return { kind: 'basic', user: entry.username, password: entry.password }
  }
  if (!isText(entry.auth)) return null
  const pair = withoutEnd(Buffer.from(entry.auth, 'base64').toString(), '\0')
  const colon = pair.indexOf(':')
  if (colon < 1) return null
  return { kind: 'basic', user: pair.slice(0, colon), password: pair.slice(colon + 1) }
}

function fromHelper({ user, secret }: { user: string; secret: string }): Credentials {
  if (user === '<token>') return { kind: 'identity', token: secret }
  return { kind: 'basic', user, password: secret }
}

function isText(text: string | null | undefined): text is string {
  return text !== null && text !== undefined && text !== ''
}
