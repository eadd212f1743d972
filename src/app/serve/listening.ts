/** A server on a port of this machine, until it is closed. */
import { createServer } from 'node:http'
import type { Server } from 'node:http'
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

/** @throws StellaError (unreachable) where it cannot listen there */
export async function listen(
  fetch: (request: Request) => Response | Promise<Response>,
  { host, port }: Address,
): Promise<Listening> {
  const server = createServer(getRequestListener(fetch))
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

function urlOf(server: Server, host: string): string {
  const address = server.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  const name = host.includes(':') ? `[${host}]` : host
  return `http://${name}:${port}/`
}
