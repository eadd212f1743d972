/**
 * A shop that keeps a basket in each session: `node shop.ts guarded|redis|unguarded REDIS_SOCKET [PORT]`
 * `/login?user=N` begins a session of 64 KiB, `/me` tells whose it is. Prints its port.
 */
import express from 'express'
import session from 'express-session'
import { Redis } from 'ioredis'
import {
  createMemoryGuard,
  createSessions,
  drainServer,
  expressSessionStore,
  guardExpress,
  redisBackend,
} from '../../src/index.ts'

declare module 'express-session' {
  interface SessionData {
    user: string
    basket: string
  }
}

const KIB = 1024
const BASKET = 64 * KIB
const BUDGET = 16 * KIB * KIB

const [, , mode = '', socket = '', port = '0'] = process.argv
const app = express()
app.disable('x-powered-by')
const guard =
  mode === 'guarded' ? createMemoryGuard({ retryAfterSeconds: 1, dwellMs: 1_000 }) : null
if (guard !== null) app.use(guardExpress(guard))
app.use(
  session({
    secret: 'test',
    resave: false,
    saveUninitialized: false,
    ...(mode === 'unguarded' ? {} : { store: storeIn(socket) }),
  }),
)
app.get('/login', ({ query, session: own }, response) => {
  const user = typeof query['user'] === 'string' ? query['user'] : ''
  own.user = user
  own.basket = user.padEnd(BASKET, '.')
  response.send('welcome')
})
app.get('/me', ({ session: own }, response) => void response.send(own.user ?? 'nobody'))
const server = app.listen(Number(port), '127.0.0.1', () => {
  const address = server.address()
  process.stdout.write(`${typeof address === 'object' ? address?.port : ''}\n`)
})
if (guard !== null) drainServer(guard, server)

function storeIn(path: string) {
  const backend = redisBackend(new Redis({ path }))
  const kept = { maxBytes: BUDGET, backend, ...(guard === null ? {} : { guard }) }
  return expressSessionStore(session.Store, createSessions<session.SessionData>(kept))
}
