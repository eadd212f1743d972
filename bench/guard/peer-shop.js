/** The shop of the guard's tests, protected by others: `node peer-shop.js memorystore|under-pressure SESSION_KIB BYTES` prints its port. */
import { requirePeer } from './peers.ts'

const DAY_MS = 24 * 60 * 60 * 1_000
const SECRET = 'a secret of the bench that is long enough'
const [, , mode = '', kib = '64', bytes = '0'] = process.argv
const services = {
  memorystore: withMemoryStore,
  'under-pressure': withUnderPressure,
}
process.stdout.write(`${await services[mode]?.()}\n`)

/** As its README shows. */
async function withMemoryStore() {
  const express = requirePeer('express')
  const session = requirePeer('express-session')
  const MemoryStore = requirePeer('memorystore')(session)
  const app = express()
  const store = new MemoryStore({ checkPeriod: DAY_MS })
  app.use(session({ secret: SECRET, resave: false, saveUninitialized: false, store }))
  app.get('/login', (request, response) => {
    Object.assign(request.session, basketOf(request.query.user))
    response.send('welcome')
  })
  app.get('/me', (request, response) => response.send(request.session.user ?? 'nobody'))
  return await new Promise((resolve) => {
    const server = app.listen(0, '127.0.0.1', () => resolve(server.address().port))
  })
}

/** It refuses from so many resident bytes on. */
async function withUnderPressure() {
  const app = requirePeer('fastify')()
  await app.register(requirePeer('@fastify/under-pressure'), {
    maxRssBytes: Number(bytes),
    retryAfter: 1,
  })
  await app.register(requirePeer('@fastify/cookie'))
  const cookie = { secure: false }
  await app.register(requirePeer('@fastify/session'), { secret: SECRET, cookie })
  app.get('/login', (request, reply) => {
    Object.assign(request.session, basketOf(request.query.user))
    reply.send('welcome')
  })
  app.get('/me', (request, reply) => reply.send(request.session.user ?? 'nobody'))
  await app.listen({ port: 0, host: '127.0.0.1' })
  return app.server.address().port
}

function basketOf(user) {
  return { user, basket: user.padEnd(Number(kib) * 1024, '.') }
}
