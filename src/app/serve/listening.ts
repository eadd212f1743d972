/** A server on a port of this machine, until it is closed. */
import { createServer } from 'node:http'
import type { Server } from 'node:http'
import type { Socket } from 'node:net'
import { getRequestListener } from '@hono/node-server'
import { unreachableError } from '../../model/errors.ts'

export interface Address {
  host: string
  /** 0: any that is free. */
  port: number
}

export interface Listening {
  /** Where it listens, as an address that a browser takes. */
  readonly url: string
  /** Ends every connection, streams too. */
  close(): Promise<void>
}

/** Each holds something, also where nobody sends or reads. */
const MAX_CONNECTIONS = 1_000
/** Nothing was sent or read for so long: a page that is open is told every 15 seconds that all is well. */
const STILL_MS = 5 * 60_000
/** A whole call comes within this time. */
const CALL_MS = 60_000
/** Calls on one connection that are not answered to their end: what is not read waits in memory. No browser has more than one. */
const MAX_UNANSWERED = 4

/** @throws StellaError (unreachable) where it cannot listen there */
export async function listen(
  fetch: (request: Request) => Response | Promise<Response>,
  { host, port }: Address,
): Promise<Listening> {
  const server = createServer({ requestTimeout: CALL_MS })
  server.maxConnections = MAX_CONNECTIONS
  server.timeout = STILL_MS
  hangUpOnTheGreedy(server)
  server.on('request', getRequestListener(fetch))
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      const taken = error.code === 'EADDRINUSE'
      reject(
        unreachableError(
          taken ? 'somebody listens there already' : `it cannot listen there (${error.code ?? ''})`,
          `${host}:${port}`,
          'choose another address with --listen',
          { cause: error },
        ),
      )
    })
    server.listen(port, host, resolve)
  })
  return {
    url: urlOf(server, host),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

/** Ends a connection on which call after call is sent, and no answer is read. */
function hangUpOnTheGreedy(server: Server): void {
  const unanswered = new WeakMap<Socket, number>()
  server.on('request', ({ socket }, response) => {
    const calls = (unanswered.get(socket) ?? 0) + 1
    unanswered.set(socket, calls)
    response.once('close', () => unanswered.set(socket, (unanswered.get(socket) ?? 1) - 1))
    if (calls > MAX_UNANSWERED) socket.destroy()
  })
}

function urlOf(server: Server, host: string): string {
  const address = server.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  const name = host.includes(':') ? `[${host}]` : host
  return `http://${name}:${port}/`
}
