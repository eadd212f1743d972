import { createPrivateKey, sign, X509Certificate } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { join } from 'node:path'
import { portOf } from './port-of.ts'
import { run } from './testbed.ts'

/** Gives the tokens of a registry to one user, as https://distribution.github.io/distribution/spec/auth/jwt/ has it. */
export interface TokenServer {
  realm: string
  /** Whose signature the registry believes. */
  certificate: string
  /** Scopes that were asked for, with the user; null: nobody. */
  asked: { user: string | null; scope: string }[]
  close(): void
}

export const TOKEN_SERVICE = 'stella-test-registry'
export const TOKEN_ISSUER = 'stella-test'

/** @param folder for its key */
export async function startTokenServer(
  folder: string,
  { user, password }: { user: string; password: string },
): Promise<TokenServer> {
  const key = join(folder, 'token.key')
  const certificate = join(folder, 'token.pem')
  const make = ['openssl', 'req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256']
  run([...make, '-nodes', '-days=2', '-subj=/CN=stella-test', '-keyout', key, '-out', certificate])
  const asked: TokenServer['asked'] = []
  const expected = `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`
  const server = createServer(({ url = '', headers }, response) => {
    const scope = new URL(url, 'http://localhost').searchParams.get('scope') ?? ''
    const isKnown = headers.authorization === expected
    asked.push({ user: isKnown ? user : null, scope })
    // As Docker Hub does: anybody gets a token, and it opens nothing.
    const token = signed(key, certificate, isKnown ? scope : '')
    response.setHeader('content-type', 'application/json').end(JSON.stringify({ token }))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    realm: `http://127.0.0.1:${portOf(server.address())}/token`,
    certificate,
    asked,
    close: () => void server.close(),
  }
}

function signed(key: string, certificate: string, scope: string): string {
  const now = Math.floor(Date.now() / 1000)
  const [type = '', name = '', actions = ''] = scope.split(':')
  const x5c = [new X509Certificate(readFileSync(certificate)).raw.toString('base64')]
  const access = scope === '' ? [] : [{ type, name, actions: actions.split(',') }]
  const claims = {
    iss: TOKEN_ISSUER,
    sub: 'me',
    aud: TOKEN_SERVICE,
    exp: now + 300,
    nbf: now - 10,
    iat: now,
    jti: String(now),
    access,
  }
  const text = [{ typ: 'JWT', alg: 'ES256', x5c }, claims]
    .map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'))
    .join('.')
  const signer = { key: createPrivateKey(readFileSync(key)), dsaEncoding: 'ieee-p1363' } as const
  return `${text}.${sign('sha256', Buffer.from(text), signer).toString('base64url')}`
}
