/** A registry that does to its callers what a test wants. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { Patience } from '../../src/image/source/registry/patience.ts'
import { CONFIG, descriptorOf, digestOf, MANIFEST, type SampleImage } from './image-files.ts'
import { portOf } from './port-of.ts'

/** Nobody waits in tests. */
export const IMPATIENT: Patience = {
  attempts: 3,
  connections: 12,
  firstPause: 1,
  longestPause: 20,
  answer: 5_000,
  idle: 250,
}

export interface Asked {
  method: string
  path: string
  headers: IncomingMessage['headers']
  body: string
}

/** Answers a call itself and says so, or leaves it to the registry. */
export type Mischief = (
  call: Asked,
  response: ServerResponse,
  /** How often the same path was asked for before. */
  before: number,
) => boolean | void

export interface FakeRegistry extends AsyncDisposable {
  host: string
  /** Every call, in order. */
  calls: Asked[]
}

/** Serves an image as `NAME:1` and by its digests, whatever the name is. */
export async function fakeRegistry(
  image: SampleImage | null,
  mischief: Mischief = () => false,
): Promise<FakeRegistry> {
  const calls: Asked[] = []
  const handle = async (call: IncomingMessage, response: ServerResponse): Promise<void> => {
    let body = ''
    for await (const chunk of call) body += String(chunk)
    const { method = '', url: path = '', headers } = call
    const asked = { method, path, headers, body }
    const before = calls.filter((each) => each.path === path && each.method === method).length
    calls.push(asked)
    if (mischief(asked, response, before) === true) return
    answer(asked, response, image)
  }
  const server = createServer((call, response) => {
    handle(call, response).catch(() => response.destroy())
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    host: `127.0.0.1:${portOf(server.address())}`,
    calls,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

function answer({ path }: Asked, response: ServerResponse, image: SampleImage | null): void {
  const reference = path.split('/').at(-1) ?? ''
  const bytes =
    reference === '1' ? image?.manifest : image?.content.get(decodeURIComponent(reference))
  if (bytes === undefined) {
    const code = path.includes('/manifests/') ? 'MANIFEST_UNKNOWN' : 'BLOB_UNKNOWN'
    response.writeHead(404).end(JSON.stringify({ errors: [{ code, message: 'see hunter2' }] }))
    return
  }
  give(response, bytes, path.includes('/manifests/') ? MANIFEST : 'application/octet-stream')
}

/** A whole, right answer. */
export function give(response: ServerResponse, bytes: Uint8Array, type: string): void {
  const headers = { 'content-type': type, 'content-length': bytes.length, etag: '"tag"' }
  response.writeHead(200, headers).end(bytes)
}

/** A manifest with the config of an image and other layers. */
export function manifestWith(image: SampleImage, layers: readonly object[]): Buffer {
  const config = descriptorOf(image.config, CONFIG)
  return Buffer.from(JSON.stringify({ schemaVersion: 2, mediaType: MANIFEST, config, layers }))
}

export function isBlob(image: SampleImage, at: number): (call: Asked) => boolean {
  const digest = digestOf(image.blobs[at] ?? Buffer.alloc(0))
  return ({ path }) => path.endsWith(`/blobs/${digest}`)
}
