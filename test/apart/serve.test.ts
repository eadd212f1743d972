import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { request } from 'node:http'
import { connect } from 'node:net'
import type { Socket } from 'node:net'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { MIB } from '../../src/model/bytes.ts'
import { deliver } from '../support/delivered-cases.ts'
import { runStella } from '../support/program.ts'
import { startServing } from '../support/serving.ts'
import type { Serving } from '../support/serving.ts'
import { testbedFolder, until } from '../support/testbed.ts'

const TOKEN = 'a-token-that-nobody-knows'

let folder = ''
let running: Serving[] = []

beforeEach(() => {
  folder = mkdtempSync(join(testbedFolder('serve'), 'data-'))
})
afterEach(async () => {
  for (const each of running) await each.kill()
  running = []
  rmSync(folder, { recursive: true, force: true })
})

async function serve(
  args: readonly string[] = [],
  env: Readonly<Record<string, string>> = {},
): Promise<Serving> {
  const started = await startServing(folder, args, env)
  running.push(started)
  return started
}

/** A body of which so much comes, and never its end; what is answered is added. */
function sendsSlowly({ url }: Serving, bytes: number, answers: string[]): Socket {
  const socket = connect(Number(new URL(url).port), '127.0.0.1')
  socket.on('error', () => undefined)
  socket.setEncoding('utf8').once('data', (text: string) => {
    answers.push(text.split('\r\n')[0] ?? '')
  })
  socket.write('POST /api/deliveries HTTP/1.1\r\nHost: localhost\r\n')
  socket.write(`Content-Type: application/json\r\nContent-Length: ${bytes + 1}\r\n\r\n`)
  socket.write(Buffer.alloc(bytes, ' '))
  return socket
}

/** A call with a header that fetch does not let one set. */
function callAs(
  server: Serving,
  path: string,
  headers: Record<string, string>,
  method = 'GET',
): Promise<number> {
  return new Promise((resolve, reject) => {
    const call = request(new URL(path, server.url), { method, headers }, (response) => {
      response.resume()
      resolve(response.statusCode ?? 0)
    })
    call.on('error', reject)
    call.end(method === 'POST' ? '{}' : undefined)
  })
}

describe('stella serve, to those who ask it', () => {
  it('refuses what it cannot answer, and says what to do', async () => {
    const server = await serve(['--no-watch'])
    const status = async (path: string, init?: RequestInit): Promise<number> => {
      const response = await server.get(path, init)
      const body = await response.json()
      expect(body, path).toMatchObject({ error: expect.any(String), todo: expect.any(String) })
      return response.status
    }
    const post = (body: string, type = 'application/json'): RequestInit => ({
      method: 'POST',
      body,
      headers: { 'content-type': type },
    })
    expect(await status('/api/cases?limit=-1')).toBe(400)
    expect(await status('/api/cases?verdict=nonsense')).toBe(400)
    expect(await status('/api/cases/c_0000')).toBe(404)
    expect(await status('/api/live')).toBe(404)
    expect(await status('/api/nothing')).toBe(404)
    expect(await status('/api/deliveries', post('{'))).toBe(400)
    expect(await status('/api/deliveries', post('{}', 'text/plain'))).toBe(400)
    expect(await status('/api/deliveries', post('{"schema":"stella.delivery/2"}'))).toBe(400)
    expect(await status('/api/deliveries', post(`"${'x'.repeat(17 * MIB)}"`))).toBe(413)
    expect(await (await server.get('/healthz')).text()).toBe('ok\n')
  })

  it('takes deliveries while others send large bodies that never end', async () => {
    const server = await serve(['--no-watch'])
    const answers: string[] = []
    const slow = Array.from({ length: 6 }, () => sendsSlowly(server, 12 * MIB, answers))
    try {
      // Two and a half of them are as much as is taken together.
      await until('the others are refused', () => answers.length >= 4, 60_000)
      expect(new Set(answers)).toEqual(new Set(['HTTP/1.1 503 Service Unavailable']))
      await deliver(server, 4)
    } finally {
      for (const socket of slow) socket.destroy()
    }
  }, 120_000)

  it('is not reached from another site', async () => {
    const server = await serve(['--no-watch'])
    const json = { 'content-type': 'application/json' }
    expect(await callAs(server, '/api/overview', {})).toBe(200)
    expect(await callAs(server, '/api/overview', { host: 'evil.example' })).toBe(403)
    expect(await callAs(server, '/api/overview', { host: 'localhost.evil.example' })).toBe(403)
    expect(
      await callAs(server, '/api/deliveries', { ...json, origin: 'https://evil.example' }, 'POST'),
    ).toBe(403)
    expect(
      await callAs(server, '/api/deliveries', { ...json, 'sec-fetch-site': 'cross-site' }, 'POST'),
    ).toBe(403)
    expect(
      await callAs(server, '/api/deliveries', { ...json, 'sec-fetch-site': 'same-origin' }, 'POST'),
    ).toBe(400)
    const page = await server.get('/')
    expect(page.headers.get('content-security-policy')).toContain("default-src 'self'")
    expect(page.headers.get('x-content-type-options')).toBe('nosniff')
  })

  it('asks for its token where others reach it', async () => {
    const refused = await runStella(['serve', '--data', folder, '--listen', '0.0.0.0:0'], {
      STELLA_DATABASE: 'postgres://x',
    })
    expect(refused.code).toBe(2)
    expect(refused.err).toMatch(
      /everybody who reaches this address could read all cases; give a token/,
    )
    const file = join(folder, 'token')
    writeFileSync(file, `${TOKEN}\n`)
    const server = await serve(['--no-watch', '--listen', '127.0.0.1:0', '--token-file', file])
    const bearer = (token: string): RequestInit => ({
      headers: { authorization: `Bearer ${token}` },
    })
    expect((await server.get('/api/overview')).status).toBe(401)
    expect((await server.get('/metrics')).status).toBe(401)
    expect((await server.get('/api/overview', bearer('wrong-token-of-some-length'))).status).toBe(
      401,
    )
    expect((await server.get('/api/overview', bearer(TOKEN))).status).toBe(200)
    expect((await server.get('/healthz')).status).toBe(200)
    const login = (token: string): Promise<Response> =>
      server.get('/login', {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ token }),
      })
    expect((await login('wrong-token-of-some-length')).status).toBe(401)
    const cookie = (await login(TOKEN)).headers.get('set-cookie') ?? ''
    expect(cookie).toMatch(/HttpOnly/)
    expect(cookie).toMatch(/SameSite=Strict/)
    const [pair = ''] = cookie.split(';')
    expect((await server.get('/api/overview', { headers: { cookie: pair } })).status).toBe(200)
    expect(server.out + server.err).not.toContain(TOKEN)
  })

  it('says who is there where its port or its folder is taken', async () => {
    const server = await serve(['--no-watch'])
    const other = mkdtempSync(join(testbedFolder('serve'), 'other-'))
    try {
      const port = new URL(server.url).host
      await expect(startServing(other, ['--listen', port, '--no-watch'])).rejects.toThrow(
        /somebody listens there already; choose another address with --listen/,
      )
      await expect(startServing(folder)).rejects.toThrow(/process \d+ has the database open; /)
    } finally {
      rmSync(other, { recursive: true, force: true })
    }
  })

  it('refuses what is no entry, and keeps no secret of another host', async () => {
    const server = await serve(['--no-watch'])
    const deliver = (entries: unknown[]): Promise<unknown> =>
      server.json('/api/deliveries', {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({
          schema: 'stella.delivery/1',
          host: { id: 'h', name: 'h' },
          entries,
        }),
      })
    const watched = {
      kind: 'watch',
      at: '2026-11-21T10:00:00.000Z',
      what: 'blind',
      source: 'docker',
      says: 'failed with --password=hunter2secret',
    }
    expect(await deliver([watched, { kind: 'nonsense' }, 7, null])).toMatchObject({
      taken: 1,
      refused: 3,
    })
    expect(await deliver([watched])).toMatchObject({ taken: 0, refused: 0 })
    const overview = await (await server.get('/api/overview')).text()
    expect(overview).toContain('failed with')
    expect(overview).not.toContain('hunter2secret')
  })
})
