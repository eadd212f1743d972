import type { IncomingMessage, ServerResponse } from 'node:http'
import type { MemoryGuard } from '../guard.ts'
import { enter, refuse } from './gate.ts'
import type { GateOptions } from './gate.ts'

/**
 * A middleware for Express, Connect, Polka and whatever takes theirs. It belongs before what parses bodies.
 *
 * @example
 * app.use(guardExpress(guard))
 */
export function guardExpress(
  guard: MemoryGuard,
  options: GateOptions = {},
): (request: IncomingMessage, response: ServerResponse, next: () => void) => void {
  return (request, response, next) => {
    const refused = enter(guard, request, response, options)
    if (refused === null) next()
    else refuse(response, refused)
  }
}

/** What of Koa's context is used. */
interface KoaContext {
  req: IncomingMessage
  res: ServerResponse
  status: number
  body: unknown
  set(headers: Record<string, string>): void
}

/**
 * A middleware for Koa.
 *
 * @example
 * app.use(guardKoa(guard))
 */
export function guardKoa(
  guard: MemoryGuard,
  options: GateOptions = {},
): (context: KoaContext, next: () => Promise<unknown>) => Promise<void> {
  return async (context, next) => {
    const refused = enter(guard, context.req, context.res, options)
    if (refused === null) {
      await next()
      return
    }
    context.status = refused.status
    context.set({ ...refused.headers })
    context.body = refused.body
  }
}

interface FastifyRequest {
  raw: IncomingMessage
}

interface FastifyReply {
  raw: ServerResponse
  code(status: number): FastifyReply
  headers(headers: Record<string, string>): FastifyReply
  send(body: unknown): FastifyReply
}

type FastifyHook = (request: FastifyRequest, reply: FastifyReply, done: () => void) => void

/** What of Fastify's instance is used. */
interface FastifyInstance {
  addHook(name: 'onRequest', hook: FastifyHook): unknown
}

/**
 * Guards all routes of a Fastify instance that are registered after it.
 *
 * @example
 * guardFastify(guard, app)
 */
export function guardFastify(
  guard: MemoryGuard,
  app: FastifyInstance,
  options: GateOptions = {},
): void {
  app.addHook('onRequest', (request, reply, done) => {
    const refused = enter(guard, request.raw, reply.raw, options)
    if (refused === null) done()
    else
      reply
        .code(refused.status)
        .headers({ ...refused.headers })
        .send(refused.body)
  })
}
