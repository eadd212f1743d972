import { once } from 'node:events'
import { createServer, request as httpRequest } from 'node:http'
import type { RequestListener, Server } from 'node:http'
import express from 'express'
import { fastify } from 'fastify'
import Koa from 'koa'
import { afterEach, describe, expect, test } from 'vitest'
import { guardOver } from '../src/guard.ts'
import type { MemoryGuard } from '../src/guard.ts'
import { guardExpress, guardFastify, guardKoa } from '../src/http/frameworks.ts'
import { drainServer, guardHandler, readiness } from '../src/http/plain.ts'
import { settingsFrom } from '../src/settings.ts'
import { fakeWorld } from './fake-world.ts'
import type { FakeWorld } from './fake-world.ts'

const MIB = 1024 * 1024

/** How each framework serves `/` and `/health` with the guard before them. */
const SERVICES: Record<string, (guard: MemoryGuard) => Promise<RequestListener>> = {
  plain: async (guard) => guardHandler(guard, (_, response) => response.end('served')),
  express: async (guard) => {
    const app = express()
    app.use(guardExpress(guard))
    app.use((_, response) => void response.send('served'))
    return app
  },
  koa: async (guard) => {
    const app = new Koa()
    app.use(guardKoa(guard))
    app.use((context) => {
      context.body = 'served'
    })
    return app.callback()
  },
  fastify: async (guard) => {
    const app = fastify()
    guardFastify(guard, app)
    app.all('/*', async () => 'served')
    await app.ready()
    return (request, response) => app.routing(request, response)
  },
}

const servers: Server[] = []
afterEach(() => {
  for (const server of servers.splice(0)) server.close().closeAllConnections()
})

interface Running {
  world: FakeWorld
  guard: MemoryGuard
  server: Server
  ask(path?: string, init?: RequestInit): Promise<Response>
  port: number
}

async function running(serve: (guard: MemoryGuard) => Promise<RequestListener>): Promise<Running> {
  const world = fakeWorld(100)
  const guard = guardOver(world, settingsFrom({ retryAfterSeconds: 7, graceMs: 2_000 }))
  world.pass(20, 100)
  const server = createServer(await serve(guard)).listen(0, '127.0.0.1')
  servers.push(server)
  await once(server, 'listening')
  const address = server.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  const ask = (path = '/', init = {}) => fetch(`http://127.0.0.1:${port}${path}`, init)
  return { world, guard, server, ask, port }
}

/** What is answered to the head of a request that tells of a body, before any of it is sent. */
async function statusFor(port: number, bodyBytes: number): Promise<number | undefined> {
  const headers = { 'content-length': bodyBytes }
  const asked = httpRequest({ port, host: '127.0.0.1', headers }).on('error', () => undefined)
  asked.flushHeaders()
  const [response] = await once(asked, 'response')
  asked.destroy()
  return response.statusCode
}

describe.each(Object.entries(SERVICES))('%s', (_, serve) => {
  test('serves while there is room', async () => {
    const { ask } = await running(serve)
    const response = await ask()
    expect([response.status, await response.text()]).toEqual([200, 'served'])
  })

  test('refuses with 503 and Retry-After under pressure, but answers for its health', async () => {
    const { ask, world } = await running(serve)
    world.pass(90, 100)
    const response = await ask()
    expect([response.status, response.headers.get('retry-after')]).toEqual([503, '7'])
    expect(await response.json()).toEqual({ error: 'pressure' })
    expect((await ask('/health?deep')).status).toBe(200)
    expect((await ask('/healthy')).status).toBe(503)
  })

  test('refuses a body that would never fit with 413, and one that does not fit now with 503', async () => {
    const { port } = await running(serve)
    expect(await statusFor(port, 23 * MIB)).toBe(503)
    expect(await statusFor(port, 30 * MIB)).toBe(413)
    expect(await statusFor(port, 1_000)).toBe(200)
  })

  test('gives back what a request was promised when it ends, or its client goes', async () => {
    const { ask, guard } = await running(serve)
    await (await ask()).text()
    await expect.poll(() => [guard.inFlight, guard.reservedBytes]).toEqual([0, 0])
  })
})

test('a client that goes before it is answered gives back what it was promised', async () => {
  const { guard, port } = await running(async (guard) => guardHandler(guard, () => undefined))
  const asked = httpRequest({ port, host: '127.0.0.1' }).on('error', () => undefined)
  asked.end()
  await expect.poll(() => guard.inFlight).toBe(1)
  asked.destroy()
  await expect.poll(() => guard.inFlight).toBe(0)
})

test('who is inside is answered when the process leaves; who comes is not let in; readiness says so', async () => {
  const held: (() => void)[] = []
  const { ask, guard, server, world } = await running(async (guard) =>
    guardHandler(guard, (request, response) => {
      if (request.url === '/ready') readiness(guard)(request, response)
      else held.push(() => response.end('served late'))
    }),
  )
  drainServer(guard, server)
  expect((await ask('/ready')).status).toBe(200)
  const inside = ask()
  await expect.poll(() => held.length).toBe(1)
  const left = guard.drain()
  await expect(ask()).rejects.toThrow('fetch failed')
  held[0]?.()
  expect(await (await inside).text()).toBe('served late')
  expect(await left).toBe('done')
  expect(server.listening).toBe(false)
  expect(world.exits).toEqual([75])
})

test('readiness answers 503 from when the process is to leave', async () => {
  const { ask, guard } = await running(async (guard) => readiness(guard))
  void guard.drain()
  const response = await ask()
  expect([response.status, await response.json()]).toEqual([503, { ready: false, tier: 'observe' }])
})
