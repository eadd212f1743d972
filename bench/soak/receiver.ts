/** Who is told by a webhook, and is seldom well: it refuses, hangs, breaks off, streams without end, or is not there. */
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { ServerResponse } from 'node:http'
import { portOf } from '../../test/support/port-of.ts'

export interface Receiver {
  readonly url: string
  readonly told: number
  /** Nobody listens for a while. */
  goAway(): Promise<void>
  comeBack(): Promise<void>
}

export async function openReceiver(): Promise<Receiver> {
  let told = 0
  const moods: readonly ((response: ServerResponse) => void)[] = [
    (response) => response.end('ok'),
    (response) => response.writeHead(500).end('no'),
    () => undefined,
    (response) => response.destroy(),
    (response) => {
      const stream = setInterval(() => response.write('x'.repeat(1_000)), 100)
      response.on('close', () => clearInterval(stream))
    },
    (response) => response.writeHead(302, { location: 'http://127.0.0.1:1/' }).end(),
  ]
  const server = createServer((request, response) => {
    request.resume()
    moods[told++ % moods.length]?.(response)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const port = portOf(server.address())
  return {
    url: `http://127.0.0.1:${port}/hook`,
    get told() {
      return told
    },
    async goAway() {
      if (!server.listening) return
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
    async comeBack() {
      server.listen(port, '127.0.0.1')
      await once(server, 'listening')
    },
  }
}
