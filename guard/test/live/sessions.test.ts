import { once } from 'node:events'
import { join } from 'node:path'
import fastifyCookie from '@fastify/cookie'
import fastifySession from '@fastify/session'
import { fastify, type Session } from 'fastify'
import { createClient } from 'redis'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { createSessions, fastifySessionStore, redisBackend } from '../../src/index.ts'
import { MIB } from '../../../src/model/bytes.ts'
import { createGroup } from '../../../test/support/cgroups.ts'
import type { TestGroup, TestProcess } from '../../../test/support/cgroups.ts'
import { known, signIn } from '../visitors.ts'
import { requireParts } from '../../../test/support/parts.ts'
import { startRedis } from '../../../test/support/redis.ts'
import type { TestRedis } from '../../../test/support/redis.ts'

declare module 'fastify' {
  interface Session {
    user: string
  }
}

const SERVICE = join(import.meta.dirname, '../services/shop.ts')
const LIMIT = 256 * MIB
/** Else V8's own limit, half of the group's, would end it before the kernel does. */
const HEAP = '--max-old-space-size=256'
/** Some of them fill the limit. */
const USERS = 100
const BASKET_KIB = 2 * 1_024
/** More than there is room for while requests are answered: the guard has to make it smaller. */
const BUDGET_MIB = 128
const AT_ONCE = 5
const NO_SERVICE = { code: null, signal: 'SIGKILL' }

interface Service {
  process: TestProcess
  port: number
}

describe.skipIf(requireParts('root', 'redis'))('a service whose sessions do not fit', () => {
  let redis: TestRedis
  let redisGroup: TestGroup
  const groups: TestGroup[] = []

  beforeAll(async () => {
    redisGroup = createGroup('guard-redis', 1_024 * MIB)
    redis = await startRedis(redisGroup)
  })
  afterEach(async () => {
    for (const group of groups.splice(0)) await group.remove()
  })
  afterAll(async () => {
    await redis.end()
    await redisGroup.remove()
  })

  function limited(name: string): TestGroup {
    const group = createGroup(name, LIMIT)
    groups.push(group)
    return group
  }

  async function serve(group: TestGroup, mode: 'guarded' | 'unguarded'): Promise<Service> {
    const socket = redis.cli('CONFIG', 'GET', 'unixsocket').split('\n')[1] ?? ''
    const node = globalThis.process.execPath
    const sizes = ['0', String(BASKET_KIB), String(BUDGET_MIB)]
    const process = group.start([node, HEAP, SERVICE, mode, socket, ...sizes])
    if (process.child.stdout === null) throw new Error('no standard output')
    const [port] = await once(process.child.stdout, 'data')
    return { process, port: Number(String(port)) }
  }

  async function toldBy(port: number): Promise<{ tiers: string[]; keptBytes: number }> {
    return JSON.parse(await (await fetch(`http://127.0.0.1:${port}/metrics`)).text())
  }

  test('without a guard: it is killed, and all who were signed in are not any more', async () => {
    const group = limited('unguarded')
    const { process, port } = await serve(group, 'unguarded')
    const visit = await signIn(port, USERS, AT_ONCE)
    expect(await process.ended).toEqual(NO_SERVICE)
    expect(visit.cookies.size).toBeGreaterThan(USERS / 3)
    expect(visit.cookies.size).toBeLessThan(USERS)
    const again = await serve(group, 'unguarded')
    expect(await known(again.port, visit, AT_ONCE)).toBe(0)
  })

  test('with a guard: it gives sessions up and refuses for a while, serves all of them to the end, and a kill signs nobody out', async () => {
    const group = limited('guarded')
    const { process, port } = await serve(group, 'guarded')
    const visit = await signIn(port, USERS, AT_ONCE)
    expect({ failed: visit.failed, signedIn: visit.cookies.size }).toEqual({
      failed: 0,
      signedIn: USERS,
    })
    expect(visit.refused).toBeGreaterThan(0)
    const { tiers, keptBytes } = await toldBy(port)
    expect(tiers).toContain('evict')
    expect(keptBytes).toBeLessThan(BUDGET_MIB * MIB)
    process.child.kill('SIGKILL')
    expect(await process.ended).toEqual(NO_SERVICE)
    const again = await serve(group, 'guarded')
    expect(await known(again.port, visit, AT_ONCE)).toBe(USERS)
  })

  test('Redis that stops and comes back: nobody is signed out, and what came meanwhile is written', async () => {
    const socket = redis.cli('CONFIG', 'GET', 'unixsocket').split('\n')[1] ?? ''
    const client = createClient({ socket: { path: socket, tls: false } })
    client.on('error', () => undefined)
    await client.connect()
    const sessions = createSessions<Session>({
      ...{ maxBytes: MIB, backend: redisBackend(client), timeoutMs: 200, retryMs: 100 },
      prefix: 'fastify:',
    })
    const app = fastify()
    await app.register(fastifyCookie)
    const secret = 'a secret of the tests that is long enough'
    const store = fastifySessionStore(sessions)
    await app.register(fastifySession, { secret, store, cookie: { secure: false } })
    app.get('/login', async ({ session }) => session.set('user', 'ada'))
    app.get('/me', async ({ session }) => session.get('user') ?? 'nobody')
    const signIn = async (): Promise<Record<string, string>> => {
      const { cookies } = await app.inject('/login')
      return Object.fromEntries(cookies.map(({ name, value }) => [name, value]))
    }
    const me = async (cookies: Record<string, string>): Promise<string> =>
      (await app.inject({ url: '/me', cookies })).body

    const before = await signIn()
    redis.process.child.kill('SIGSTOP')
    const meanwhile = await signIn()
    expect([await me(before), await me(meanwhile)]).toEqual(['ada', 'ada'])
    expect(sessions.unsaved).toBeGreaterThan(0)
    redis.process.child.kill('SIGCONT')
    await expect.poll(() => sessions.unsaved, { timeout: 10_000 }).toBe(0)
    expect(redis.cli('KEYS', 'fastify:*').split('\n')).toHaveLength(2)
    await app.close()
    client.destroy()
  })
})
