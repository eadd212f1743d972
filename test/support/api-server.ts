import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { hostReader } from '../../src/sources/reader.ts'
import type { Reader } from '../../src/sources/reader.ts'
import { portOf } from './port-of.ts'

/** A server on loopback in the place of an API server, for answers that a real one cannot be brought to give at will. */
export interface ApiServer extends AsyncDisposable {
  /** A reader whose kubeconfig names it. */
  reader: Reader
  /** The requests so far, as `GET /api/v1/pods?limit=100`. */
  asked: string[]
}

export async function apiServer(
  answer: (request: IncomingMessage, response: ServerResponse, nth: number) => void,
): Promise<ApiServer> {
  const asked: string[] = []
  const server = createServer((request, response) => {
    asked.push(`${request.method} ${request.url}`)
    answer(request, response, asked.length)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const folder = mkdtempSync(join(tmpdir(), 'stella-test-'))
  const kubeconfig = join(folder, 'config')
  writeFileSync(kubeconfig, kubeconfigFor(`http://127.0.0.1:${portOf(server.address())}`))
  return {
    reader: hostReader({ env: { KUBECONFIG: kubeconfig, HOME: folder } }),
    asked,
    [Symbol.asyncDispose]: async () => {
      rmSync(folder, { recursive: true })
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

/** JSON, because that is YAML too. */
export function kubeconfigFor(server: string): string {
  return JSON.stringify({
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': 'test',
    clusters: [{ name: 'test', cluster: { server } }],
    users: [{ name: 'test', user: { token: 'secret-token' } }],
    contexts: [{ name: 'test', context: { cluster: 'test', user: 'test', namespace: 'shop' } }],
  })
}

export function answerJson(response: ServerResponse, status: number, value: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' })
  response.end(JSON.stringify(value))
}

/** How the API server says no. */
export function answerStatus(
  response: ServerResponse,
  code: number,
  message: string,
  metadata: object = {},
): void {
  answerJson(response, code, {
    kind: 'Status',
    apiVersion: 'v1',
    status: 'Failure',
    metadata,
    message,
    code,
  })
}
