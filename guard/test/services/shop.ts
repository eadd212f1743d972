/**
 * A shop that keeps a basket in each session: `node shop.ts guarded|redis|unguarded REDIS_SOCKET [PORT] [BASKET_KIB] [BUDGET_MIB]`
 * `/login?user=N` begins a session, `/me` tells whose it is, `/metrics` which tiers the guard went through and what is kept. Prints its
 * port.
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
import type { Tier } from '../../src/index.ts'

declare module 'express-session' {
  interface SessionData {
    user: string
    basket: string
  }
}

const KIB = 1024
/** Of a basket while its request is answered: itself, texts to compare and to store it, its bytes, and what is sent to Redis. */
const COPIES_OF_BASKET = 8

const [, , mode = '', socket = '', port = '0', basketKib = '64', budgetMib = '16'] = process.argv
const basketBytes = Number(basketKib) * KIB
const app = express()
app.disable('x-powered-by')
const guard =
  mode === 'guarded' ? createMemoryGuard({ retryAfterSeconds: 1, dwellMs: 1_000 }) : null
const tiers = new Set<Tier>()
guard?.onTier((tier) => tiers.add(tier))
if (guard !== null) {
  app.use(guardExpress(guard, { costOf: () => COPIES_OF_BASKET * basketBytes }))
}
const sessions = mode === 'unguarded' ? null : sessionsIn(socket)
app.get('/metrics', (_, response) => {
  response.json({
    tiers: [...tiers],
    kept: sessions?.size,
    keptBytes: sessions?.bytes,
    unsaved: sessions?.unsaved,
  })
})
app.use(
  session({
    secret: 'test',
    resave: false,
    saveUninitialized: false,
    ...(sessions === null ? {} : { store: expressSessionStore(session.Store, sessions) }),
  }),
)
app.get('/login', ({ query, session: own }, response) => {
  const user = typeof query['user'] === 'string' ? query['user'] : ''
  own.user = user
  own.basket = user.padEnd(basketBytes, '.')
  response.send('welcome')
})
app.get('/me', ({ session: own }, response) => void response.send(own.user ?? 'nobody'))
const server = app.listen(Number(port), '127.0.0.1', () => {
  const address = server.address()
  process.stdout.write(`${typeof address === 'object' ? address?.port : ''}\n`)
})
if (guard !== null) drainServer(guard, server)

function sessionsIn(path: string) {
  const backend = redisBackend(new Redis({ path }))
  const maxBytes = Number(budgetMib) * KIB * KIB
  return createSessions<session.SessionData>({
    maxBytes,
    backend,
    ...(guard === null ? {} : { guard }),
  })
}
