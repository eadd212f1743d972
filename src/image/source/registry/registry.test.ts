import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type ServerResponse } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import {
  type Asked,
  fakeRegistry,
  give,
  IMPATIENT,
  isBlob,
  manifestWith,
  type Mischief,
} from '../../../../test/support/fake-registry.ts'
import {
  descriptorOf,
  digestOf,
  MANIFEST,
  sampleImage,
} from '../../../../test/support/image-files.ts'
import { complaintOf, open, readAll } from '../../../../test/support/opened.ts'
import { portOf } from '../../../../test/support/port-of.ts'

const FOLDER = mkdtempSync(join(tmpdir(), 'stella-test-registry-'))
afterAll(() => rmSync(FOLDER, { recursive: true, force: true }))

/** Large enough that a part of it can arrive. */
const IMAGE = sampleImage({ layerBytes: [200_000, 700] })
const isFirst = isBlob(IMAGE, 0)
const FIRST = IMAGE.blobs[0] ?? Buffer.alloc(0)

async function pulled(mischief: Mischief, env: Record<string, string> = {}): Promise<Asked[]> {
  await using registry = await fakeRegistry(IMAGE, mischief)
  const opened = await open(`${registry.host}/team/app:1`, { env, patience: IMPATIENT })
  const { image, blobs } = await readAll(opened)
  expect(blobs).toEqual(IMAGE.blobs)
  expect(image.digest).toBe(IMAGE.manifestDigest)
  return registry.calls
}

async function complaint(mischief: Mischief, env: Record<string, string> = {}): Promise<string> {
  return complaintOf(pulled(mischief, env))
}

/** An answer that does not say how long it is. */
function chunked(response: ServerResponse): ServerResponse {
  return response.writeHead(200, { 'transfer-encoding': 'chunked' })
}

describe('an answer that goes wrong', () => {
  test('a connection that breaks is taken up where it broke, for the same content alone', async () => {
    const calls = await pulled((call, response) => {
      if (!isFirst(call)) return false
      const from = Number(/^bytes=(\d+)-/.exec(call.headers.range ?? '')?.[1] ?? 0)
      const isWhole = from > 150_000
      const headers = {
        'content-length': FIRST.length - from,
        'content-range': `bytes ${from}-${FIRST.length - 1}/${FIRST.length}`,
        etag: '"tag"',
      }
      response.writeHead(from === 0 ? 200 : 206, headers)
      if (isWhole) response.end(FIRST.subarray(from))
      else response.write(FIRST.subarray(from, from + 60_000), () => response.destroy())
      return true
    })
    const asked = calls.filter(isFirst)
    expect(asked.length).toBeGreaterThan(2)
    expect(asked[0]?.headers.range).toBeUndefined()
    expect(asked.slice(1).map(({ headers }) => headers['if-range'])).toEqual(
      asked.slice(1).map(() => '"tag"'),
    )
  })

  test('a server that knows no ranges gives what was there again, and it is passed over', async () => {
    const calls = await pulled((call, response, before) => {
      if (!isFirst(call) || before > 0) return false
      response.writeHead(200, { 'content-length': FIRST.length })
      response.write(FIRST.subarray(0, 80_000), () => response.destroy())
      return true
    })
    expect(calls.filter(isFirst)).toHaveLength(2)
  })

  test.each([429, 503])('%i is waited out as long as it says', async (status) => {
    const calls = await pulled((_, response, before) => {
      if (before > 0) return false
      response.writeHead(status, { 'retry-after': '0' }).end('busy')
      return true
    })
    expect(calls.length).toBeGreaterThanOrEqual(8)
  })

  test.each<[string, (response: ServerResponse) => void, RegExp]>([
    [
      'other bytes',
      (response) => give(response, Buffer.alloc(FIRST.length, 7), ''),
      /^2 stella: layer 1 of 127.0.0.1:\d+\/team\/app:1: its digest is not sha256:/,
    ],
    [
      'too many bytes',
      (response) => chunked(response).end(Buffer.concat([FIRST, FIRST])),
      /^2 .*layer 1 of .*longer than the \d+ bytes/,
    ],
    [
      'a length that is a lie',
      (response) => give(response, FIRST.subarray(0, 100), ''),
      /^2 .*announces 100 bytes, and the image states \d+/,
    ],
    [
      'too few bytes',
      (response) => chunked(response).end(FIRST.subarray(0, 100)),
      /^3 .*only 100 of \d+ bytes came from 127.0.0.1:\d+: it ended too soon/,
    ],
    [
      'silence in the middle',
      (response) => response.write(FIRST.subarray(0, 100)),
      /^3 .*only 100 of \d+ bytes came from .*: it stood still/,
    ],
    [
      'a part that was not asked for',
      (response) => response.writeHead(206, { 'content-range': 'bytes 5-9/10' }).end('12345'),
      /^2 .*another part than was asked for/,
    ],
    [
      'redirects without end',
      (response) => response.writeHead(307, { location: '#again' }).end(),
      /^2 .*redirects more than 5 times/,
    ],
    [
      'a redirect without TLS',
      (response) => response.writeHead(307, { location: 'http://example.org/x?key=hunter2' }).end(),
      /^2 .*redirects to http:\/\/example.org\/x, which is not encrypted/,
    ],
    [
      '500',
      (response) => response.writeHead(500).end('{"errors":[{"code":"UNKNOWN"}]}'),
      /^3 .*answers 500 \(UNKNOWN\)/,
    ],
  ])('%s', async (_, answer, expected) => {
    const said = await complaint((call, response) => {
      if (!isFirst(call)) return false
      answer(response)
      return true
    })
    expect(said).toMatch(expected)
    expect(said).not.toContain('hunter2')
  })

  test('a manifest with another digest than was asked for is refused', async () => {
    await using registry = await fakeRegistry(IMAGE)
    const other = sampleImage({ layerBytes: [1] })
    await using liar = await fakeRegistry(IMAGE, (call, response) => {
      if (!call.path.includes('/manifests/')) return false
      give(response, other.manifest, MANIFEST)
      return true
    })
    const name = `team/app@${IMAGE.manifestDigest}`
    const right = await open(`${registry.host}/${name}`, { patience: IMPATIENT })
    expect(right).toMatchObject({ image: { digest: IMAGE.manifestDigest } })
    const wrong = open(`${liar.host}/${name}`, { patience: IMPATIENT })
    expect(await complaintOf(wrong)).toMatch(/^2 .*manifest of .*its digest is not sha256:/)
  })

  test('what is not there, and what is not allowed', async () => {
    await using registry = await fakeRegistry(null, ({ path }, response) => {
      if (!path.includes('secret')) return false
      response.writeHead(403).end('{"errors":[{"code":"DENIED"}]}')
      return true
    })
    const ask = (name: string): Promise<string> =>
      complaintOf(open(`${registry.host}/${name}`, { patience: IMPATIENT }))
    expect(await ask('app:2')).toMatch(/^3 .*no such thing \(MANIFEST_UNKNOWN\); see that name/)
    expect(await ask('secret/app:2')).toMatch(/^3 .*does not allow it \(DENIED\)/)
  })

  test('nobody there', async () => {
    const said = await complaintOf(open('127.0.0.1:1/app', { patience: IMPATIENT }))
    expect(said).toMatch(/^3 .*the registry is out of reach \(/)
  })
})

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

describe('mirrors', () => {
  const expectMirrored = async (
    mirror: Mischief,
    expected: { mirrorServes: boolean },
  ): Promise<void> => {
    await using upstream = await fakeRegistry(IMAGE)
    await using near = await fakeRegistry(IMAGE, mirror)
    const env = { STELLA_REGISTRY_MIRRORS: `${upstream.host}=http://${near.host}` }
    const opened = await open(`${upstream.host}/team/app:1`, { env, patience: IMPATIENT })
    expect((await readAll(opened)).blobs).toEqual(IMAGE.blobs)
    const blobs = upstream.calls.filter(({ path }) => path.includes('/blobs/sha256'))
    expect(blobs.length === 0).toBe(expected.mirrorServes)
  }

  test('the mirror is asked first', () => expectMirrored(() => false, { mirrorServes: true }))

  test.each<[string, (response: ServerResponse) => void]>([
    ['does not have it', (response) => response.writeHead(404).end()],
    ['is broken', (response) => response.writeHead(500).end()],
    ['hangs up', (response) => response.destroy()],
    [
      'lies before anything was given on',
      (response) => response.writeHead(200, { 'content-length': '5' }).end('12345'),
    ],
  ])('the registry itself is asked where the mirror %s', async (_, answer) => {
    await expectMirrored(
      ({ path }, response) => {
        if (!path.includes('/blobs/')) return false
        answer(response)
        return true
      },
      { mirrorServes: false },
    )
  })

  test('a mirror that dies in the middle is replaced there', () =>
    expectMirrored(
      (call, response) => {
        if (!isFirst(call)) return false
        if (call.headers.range !== undefined) response.destroy()
        else {
          response.writeHead(200, { 'content-length': FIRST.length })
          response.write(FIRST.subarray(0, 50_000), () => response.destroy())
        }
        return true
      },
      { mirrorServes: false },
    ))

  test('a variable that is not understood says so, without a password', async () => {
    const env = { STELLA_REGISTRY_MIRRORS: 'docker.io=https://me:hunter2@mirror.example' }
    const said = await complaintOf(open('debian', { env, patience: IMPATIENT }))
    expect(said).toMatch(
      /^2 stella: STELLA_REGISTRY_MIRRORS: it is no mirror: https:\/\/mirror.example/,
    )
    expect(said).not.toContain('hunter2')
  })
})

test('a layer that is to be had elsewhere without TLS is refused', async () => {
  const layer = descriptorOf(
    Buffer.from('x'),
    'application/vnd.docker.image.rootfs.foreign.diff.tar.gzip',
    { urls: ['http://example.org/layer'] },
  )
  const manifest = manifestWith(sampleImage({ layerBytes: [1] }), [layer])
  const image = sampleImage({ layerBytes: [1] })
  await using registry = await fakeRegistry(image, ({ path }, response) => {
    if (!path.endsWith('/manifests/1')) return false
    give(response, manifest, MANIFEST)
    return true
  })
  const opened = open(`${registry.host}/app:1`, { patience: IMPATIENT })
  const said = await complaintOf(opened.then((source) => readAll(source)))
  expect(said).toMatch(/^3 .*no such thing \(BLOB_UNKNOWN\)/)
  expect(registry.calls.at(-1)?.path).toContain(digestOf(Buffer.from('x')))
})
