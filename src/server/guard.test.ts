import { Hono } from 'hono'
import { describe, expect, it } from 'vitest'
import { guard, rateLimit, type Access } from './guard.ts'

const LOOPBACK: Access = { kind: 'loopback' }

/** What a call from this address is answered. */
function callTo(app: Hono, address = '127.0.0.1') {
  const env = {
    incoming: { socket: { remoteAddress: address, remotePort: 1, remoteFamily: 'IPv4' } },
  }
  return async (init: RequestInit): Promise<Response> => app.request('/api/cases', init, env)
}

function open(access: Access): Hono {
  return new Hono().use(guard(access)).all('*', (context) => context.text('in'))
}

describe('a server of this machine alone', () => {
  it.each(['localhost', 'LOCALHOST:8137', '127.0.0.1', '127.8.4.1:1', '[::1]', '[::1]:8137'])(
    'answers as %s',
    async (host) => {
      expect((await callTo(open(LOOPBACK))({ headers: { host } })).status).toBe(200)
    },
  )

  it.each([
    '',
    'evil.example',
    'localhost.evil.example',
    'evil.example:8137',
    '127.0.0.1.evil.example',
    'localhost:8137.evil.example',
    'localhost@evil.example',
    '0.0.0.0',
    '[::]',
    '10.0.0.1',
    'localhost\\evil',
    '127.0.0.1:x',
  ])('does not answer as %j, to which another site may point its name', async (host) => {
    expect((await callTo(open(LOOPBACK))({ headers: { host } })).status).toBe(403)
  })
})

describe('a call that changes something', () => {
  const post = async (headers: Record<string, string>): Promise<number> =>
    (await callTo(open(LOOPBACK))({ method: 'POST', headers: { host: 'localhost:1', ...headers } }))
      .status

  it.each([
    [{ 'sec-fetch-site': 'cross-site' }],
    [{ 'sec-fetch-site': 'same-site' }],
    [{ 'sec-fetch-site': 'anything new' }],
    [{ origin: 'http://evil.example' }],
    [{ origin: 'null' }],
    // Another server of the same machine.
    [{ origin: 'http://localhost:2' }],
    [{ 'sec-fetch-site': 'cross-site', origin: 'http://localhost:1' }],
  ])('is refused from elsewhere: %j', async (headers) => {
    expect(await post(headers)).toBe(403)
  })

  it.each([
    [{}],
    [{ origin: 'http://localhost:1' }],
    [{ 'sec-fetch-site': 'same-origin' }],
    [{ 'sec-fetch-site': 'none' }],
  ])('is taken from the page, and from who is no browser: %j', async (headers) => {
    expect(await post(headers)).toBe(200)
  })
})

it('whoever calls too often waits, and nobody else', async () => {
  let now = 0
  const app = new Hono().use(rateLimit(() => now)).all('*', (context) => context.text('in'))
  const [loud, quiet] = [callTo(app, '10.0.0.1'), callTo(app, '10.0.0.2')]
  let refused = 0
  for (let call = 0; call < 1_500; call++) refused += (await loud({})).status === 429 ? 1 : 0
  expect(refused).toBe(500)
  expect((await loud({})).headers.get('retry-after')).toBe('1')
  expect((await quiet({})).status).toBe(200)
  now += 1_000
  expect((await loud({})).status).toBe(200)
})
