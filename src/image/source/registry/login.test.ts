import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import {
  type Asked,
  fakeRegistry,
  give,
  IMPATIENT,
  type Mischief,
} from '../../../../test/support/fake-registry.ts'
import { complaintOf, open, readAll } from '../../../../test/support/opened.ts'
import { portOf } from '../../../../test/support/port-of.ts'
import { complaint, FIRST, IMAGE, isFirst } from '../../../../test/support/pulled-image.ts'

const FOLDER = mkdtempSync(join(tmpdir(), 'stella-test-registry-'))
afterAll(() => rmSync(FOLDER, { recursive: true, force: true }))

const BASIC = `Basic ${Buffer.from('me:hunter2').toString('base64')}`

/** Lets in who has this header, and asks the others for it. */
function guarded(header: string, challenge: string): Mischief {
  return ({ headers, path }, response) => {
    if (headers.authorization === header || !path.startsWith('/v2/')) return false
    response.writeHead(401, { 'www-authenticate': challenge }).end()
    return true
  }
}

let homes = 0
/** A home with these credentials. */
function home(config: object, file = '.docker/config.json'): Record<string, string> {
  const path = join(FOLDER, `home-${(homes += 1)}`)
  mkdirSync(join(path, file, '..'), { recursive: true })
  writeFileSync(join(path, file), JSON.stringify(config))
  return { HOME: path }
}

const AUTH = { auth: Buffer.from('me:hunter2').toString('base64') }

describe('who we are', () => {
  async function asked(
    mischief: Mischief,
    env: (host: string) => Record<string, string>,
  ): Promise<string> {
    await using registry = await fakeRegistry(IMAGE, mischief)
    const name = `${registry.host}/team/app:1`
    const options = { env: env(registry.host), patience: IMPATIENT }
    return await complaintOf(open(name, options).then((opened) => readAll(opened)))
  }
  const basic = guarded(BASIC, 'Basic realm="stella"')

  test.each<[string, (host: string) => Record<string, string>]>([
    ["Docker's file", (host) => home({ auths: { [host]: AUTH } })],
    ['an address in it', (host) => home({ auths: { [`https://${host}/v2/`]: AUTH } })],
    ["podman's file", (host) => home({ auths: { [host]: AUTH } }, '.config/containers/auth.json')],
    [
      "podman's file for this team",
      (host) =>
        home(
          { auths: { [host]: { auth: 'eDp5' }, [`${host}/team`]: AUTH } },
          '.config/containers/auth.json',
        ),
    ],
    [
      'a helper for the registry',
      (host) =>
        withHelper(
          { credHelpers: { [host]: 'test' } },
          'echo \'{"Username":"me","Secret":"hunter2"}\'',
        ),
    ],
    [
      'a helper for all',
      () =>
        withHelper(
          { credsStore: 'test', auths: {} },
          'echo \'{"Username":"me","Secret":"hunter2"}\'',
        ),
    ],
  ])('%s', async (_, env) => {
    expect(await asked(basic, env)).toBe('no error')
  })

  test.each<[string, (host: string) => Record<string, string>, RegExp]>([
    [
      'nobody',
      () => ({ HOME: FOLDER }),
      /does not let nobody who is known to it read team\/app; .*docker login 127/,
    ],
    [
      'somebody else',
      (host) => home({ auths: { [host]: { auth: Buffer.from('me:hunter3').toString('base64') } } }),
      /does not let the credentials it was given read team\/app/,
    ],
    [
      'a helper that is not there',
      () => home({ credsStore: 'missing' }),
      /docker-credential-missing is not installed: mend that/,
    ],
    [
      'a helper that fails, and says the secret',
      () => withHelper({ credsStore: 'test' }, 'echo hunter2; exit 3'),
      /docker-credential-test failed with exit code 3/,
    ],
    [
      'a helper that has none',
      () =>
        withHelper(
          { credsStore: 'test' },
          'echo "credentials not found in native keychain"; exit 1',
        ),
      /nobody who is known to it/,
    ],
    [
      'a helper that talks nonsense',
      () => withHelper({ credsStore: 'test' }, 'yes hunter2'),
      /docker-credential-test was ended/,
    ],
    ['a helper with a path', () => home({ credsStore: '../x' }), /a helper has no proper name/],
  ])('%s is not let in', async (_, env, expected) => {
    const said = await asked(basic, env)
    expect(said).toMatch(/^3 /)
    expect(said).toMatch(expected)
    expect(said).not.toContain('hunter')
  })

  test('a file that is damaged says so', async () => {
    const path = join(FOLDER, 'damaged.json')
    writeFileSync(path, '{')
    const said = await asked(basic, () => ({ REGISTRY_AUTH_FILE: path }))
    expect(said).toMatch(/^2 stella: .*damaged.json: it is no file with credentials/)
  })

  function withHelper(config: object, script: string): Record<string, string> {
    const { HOME = '' } = home(config)
    writeFileSync(join(HOME, 'docker-credential-test'), `#!/bin/sh\ncat >/dev/null\n${script}\n`)
    chmodSync(join(HOME, 'docker-credential-test'), 0o755)
    return { HOME, PATH: `${HOME}:/usr/bin:/bin` }
  }
})

describe('tokens', () => {
  /** A server of tokens on the registry's own port; `check` sees what it was asked. */
  function tokens(check: (call: Asked) => boolean, host: () => string): Mischief {
    return (call, response) => {
      if (call.path.startsWith('/token')) {
        const ok = check(call)
        response.writeHead(ok ? 200 : 401).end(ok ? '{"token":"open-sesame"}' : 'hunter2')
        return true
      }
      const challenge = `Bearer realm="http://${host()}/token",service="svc",scope="repository:team/app:pull"`
      return guarded('Bearer open-sesame', challenge)(call, response, 0)
    }
  }

  async function asked(
    check: (call: Asked) => boolean,
    env: (host: string) => Record<string, string>,
  ): Promise<{ said: string; calls: Asked[] }> {
    let host = ''
    await using registry = await fakeRegistry(
      IMAGE,
      tokens(check, () => host),
    )
    host = registry.host
    const opened = open(`${host}/team/app:1`, { env: env(host), patience: IMPATIENT })
    const said = await complaintOf(opened.then((source) => readAll(source)))
    return { said, calls: registry.calls.filter(({ path }) => path.startsWith('/token')) }
  }

  test('as anybody, and one for all layers', async () => {
    const { said, calls } = await asked(
      ({ headers }) => headers.authorization === undefined,
      () => ({}),
    )
    expect(said).toBe('no error')
    expect(calls.map(({ path }) => path)).toEqual([
      '/token?service=svc&scope=repository%3Ateam%2Fapp%3Apull',
    ])
  })

  test('one that has run out is replaced', async () => {
    let host = ''
    let given = 0
    let used = 0
    await using registry = await fakeRegistry(IMAGE, (call, response, before) => {
      if (call.path.startsWith('/token')) {
        used = 0
        response.end(JSON.stringify({ access_token: `token-${(given += 1)}` }))
        return true
      }
      used += 1
      const challenge = `Bearer realm="http://${host}/token"`
      // Each is good for two calls.
      return guarded(used > 2 ? 'none' : `Bearer token-${given}`, challenge)(call, response, before)
    })
    host = registry.host
    const opened = await open(`${host}/team/app:1`, { patience: IMPATIENT })
    expect((await readAll(opened)).blobs).toEqual(IMAGE.blobs)
    expect(given).toBe(2)
  })

  test('with a name and a password', async () => {
    const { said } = await asked(
      ({ headers }) => headers.authorization === BASIC,
      (host) => home({ auths: { [host]: AUTH } }),
    )
    expect(said).toBe('no error')
  })

  test('with an identity token, which is exchanged', async () => {
    const { said } = await asked(
      ({ method, body }) =>
        method === 'POST' &&
        new URLSearchParams(body).get('refresh_token') === 'hunter2' &&
        new URLSearchParams(body).get('grant_type') === 'refresh_token',
      (host) => home({ auths: { [host]: { identitytoken: 'hunter2' } } }),
    )
    expect(said).toBe('no error')
  })

  test('a password that is wrong is not repeated', async () => {
    const { said } = await asked(
      () => false,
      (host) => home({ auths: { [host]: AUTH } }),
    )
    expect(said).toMatch(/^3 .*does not let the credentials it was given/)
    expect(said).not.toContain('hunter')
  })

  test('a realm without TLS elsewhere gets no password', async () => {
    const said = await complaint(
      guarded('Bearer x', 'Bearer realm="http://example.org/token"'),
      home({ auths: {} }),
    )
    // The registry itself is on loopback; what it names is not encrypted either way, and is another machine.
    expect(said).toMatch(
      /^2 .*credentials sent to http:\/\/example.org\/token, which is not encrypted/,
    )
  })

  test('another server sees no token when the registry sends there', async () => {
    const seen: (string | undefined)[] = []
    const elsewhere = createServer((call, response) => {
      seen.push(call.headers.authorization)
      give(response, FIRST, '')
    })
    await new Promise<void>((resolve) => elsewhere.listen(0, '127.0.0.1', resolve))
    const place = `http://127.0.0.1:${portOf(elsewhere.address())}/blob?signature=hunter2`
    const guard = guarded(BASIC, 'Basic')
    await using registry = await fakeRegistry(IMAGE, (call, response, before) => {
      if (guard(call, response, before) === true) return true
      if (!isFirst(call)) return false
      response.writeHead(307, { location: place }).end()
      return true
    })
    const env = home({ auths: { [registry.host]: AUTH } })
    await readAll(await open(`${registry.host}/team/app:1`, { env, patience: IMPATIENT }))
    expect(seen).toEqual([undefined])
    elsewhere.closeAllConnections()
    elsewhere.close()
  })
})
