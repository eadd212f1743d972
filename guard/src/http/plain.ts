import type { IncomingMessage, RequestListener, Server, ServerResponse } from 'node:http'
import type { MemoryGuard, Off } from '../guard.ts'
import { enter, refuse } from './gate.ts'
import type { GateOptions } from './gate.ts'

/**
 * Guards a handler of `node:http`.
 *
 * @example
 * createServer(guardHandler(guard, (request, response) => response.end('hello')))
 */
export function guardHandler(
  guard: MemoryGuard,
  handler: RequestListener,
  options: GateOptions = {},
): RequestListener {
  return (request, response) => {
    const refused = enter(guard, request, response, options)
    if (refused === null) handler(request, response)
    else refuse(response, refused)
  }
}

/** Answers 200 while the process takes work, and 503 from when it is to leave: for a readiness check, never for liveness. */
export function readiness(guard: MemoryGuard): (_: IncomingMessage, to: ServerResponse) => void {
  return (_, response) => {
    const body = JSON.stringify({ ready: guard.ready, tier: guard.tier })
    response.writeHead(guard.ready ? 200 : 503, { 'content-type': 'application/json' }).end(body)
  }
}

/** A connection that its client keeps open after the answer would hold the server for five seconds more. */
const IDLE_LOOK_MS = 50

/** Closes a server when the process leaves: nobody is let in any more, and who is inside is answered. */
export function drainServer(guard: MemoryGuard, server: Server): Off {
  return guard.onDrain(async () => {
    const idle = setInterval(() => server.closeIdleConnections(), IDLE_LOOK_MS)
    await new Promise<void>((resolve) => {
      server.close(() => resolve())
    })
    clearInterval(idle)
  })
}
