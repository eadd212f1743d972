/** Who calls a server: pages that come and go, agents of other hosts, and somebody who means harm. */
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { request } from 'node:http'
import type { IncomingMessage } from 'node:http'
import { connect } from 'node:net'
import { setTimeout as pause } from 'node:timers/promises'
import { MIB } from '../../src/model/bytes.ts'
import { entryDocument } from '../../src/store/cases/entry-json.ts'
import { sampleCase } from '../../test/support/sample-case.ts'

const PLACES = [
  '/',
  '/api/overview',
  '/api/cases?limit=100',
  '/api/live',
  '/api/warnings',
  '/api/runs',
  '/api/alerts',
  '/api/course?path=/',
  '/api/scanner/jobs',
  '/api/scanner/status',
  '/api/doctor',
  '/metrics',
]
const HOSTS = 10

/** Opens the stream of events, looks around, and is gone without a word; every third one does not read what it is sent. */
export async function visit(url: string, round: number): Promise<void> {
  const call = request(new URL('/api/events', url), { agent: false })
  call.on('error', () => undefined)
  call.end()
  const [response]: IncomingMessage[] = await once(call, 'response')
  if (response?.statusCode !== 200) throw new Error(`events: ${response?.statusCode}`)
  if (round % 3 !== 0) response.resume()
  for (let look = 0; look < 3; look++) {
    const place = PLACES[(round * 3 + look) % PLACES.length] ?? '/'
    const answer = await fetch(new URL(place, url))
    await answer.arrayBuffer()
    if (!answer.ok && answer.status !== 404) throw new Error(`${place}: ${answer.status}`)
    await pause(500 + ((round * 37) % 11) * 500)
  }
  call.destroy()
}

/** As agents of other hosts do; every fifth delivery is sent twice, as if its answer was lost. */
export async function deliver(url: string, round: number, keptMs: number): Promise<void> {
  const host = round % HOSTS
  const entries = [0, 1, 2, 3].map((each) => {
    const at = Date.now() - Math.floor(keptMs * 0.9 * (((round * 4 + each) % 17) / 17))
    const id = `c_${String(round * 4 + each).padStart(12, '0')}`
    const subject = {
      platform: 'docker',
      name: `shop-${round % 50}`,
      id: `c0ffee${round}`,
      image: 'shop/web:1',
    } as const
    return entryDocument({
      kind: 'case',
      at,
      incident: `soak-${round}-${each}`,
      revision: 1,
      case: sampleCase({ id, at, subject }),
    })
  })
  const body = JSON.stringify({
    schema: 'stella.delivery/1',
    host: { id: `soak-${host}`, name: `soak-${host}` },
    entries,
  })
  for (let time = 0; time < (round % 5 === 0 ? 2 : 1); time++) {
    const answer = await fetch(new URL('/api/deliveries', url), {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body,
    })
    await answer.arrayBuffer()
    if (!answer.ok) throw new Error(`a delivery: ${answer.status}`)
  }
}

const HEAD =
  'POST /api/deliveries HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n'

/** Each ends by itself, or is cut off. */
const ATTACKS: readonly ((url: URL) => Promise<void>)[] = [
  // Words of no protocol.
  (url) => send(url, [randomBytes(4_096)], 0, 2_000),
  // A head without end.
  (url) =>
    send(
      url,
      [
        `GET / HTTP/1.1\r\nHost: localhost\r\n`,
        ...Array.from({ length: 200 }, (_, at) => `X-${at}: ${'y'.repeat(500)}\r\n`),
      ],
      5,
      2_000,
    ),
  // A body that comes a byte a second, and never ends.
  (url) =>
    send(
      url,
      [`${HEAD}Content-Length: 100000\r\n\r\n`, ...Array.from({ length: 40 }, () => '{')],
      1_000,
      0,
    ),
  // Nothing at all, for a while.
  (url) => send(url, [], 0, 30_000),
  // A body that is nested without end.
  (url) => post(url, `{"schema":"stella.delivery/1","entries":${'['.repeat(200_000)}`),
  // One that is no text, and one that is none of ours.
  (url) => post(url, randomBytes(200_000)),
  (url) =>
    post(
      url,
      JSON.stringify({
        schema: 'stella.delivery/1',
        host: { id: 'x'.repeat(10_000), name: '\u0000' },
        entries: Array.from({ length: 2_000 }, (_, at) => ({ kind: 'case', at })),
      }),
    ),
  // One that is too long, and breaks off.
  (url) =>
    send(
      url,
      [
        `${HEAD}Transfer-Encoding: chunked\r\n\r\n`,
        ...Array.from({ length: 20 }, () => `100000\r\n${'z'.repeat(MIB)}\r\n`),
      ],
      0,
      1_000,
    ),
  // Many large ones at once, of which none ends.
  async (url) => {
    const start = [`${HEAD}Content-Length: ${16 * MIB}\r\n\r\n`, ' '.repeat(12 * MIB)]
    await Promise.all(Array.from({ length: 10 }, () => send(url, start, 0, 5_000)))
  },
  // Many questions in one go, whose answers nobody reads.
  (url) =>
    send(
      url,
      [`GET /api/cases?limit=500 HTTP/1.1\r\nHost: localhost\r\n\r\n`.repeat(50)],
      0,
      3_000,
    ),
  // Addresses that are never the same.
  async (url) => {
    for (let at = 0; at < 50; at++) {
      const odd = randomBytes(8).toString('hex')
      await (await fetch(new URL(`/api/cases/${odd}?search=${odd}&x=${odd}`, url))).arrayBuffer()
      await (await fetch(new URL(`/${odd}/..%2f${odd}`, url))).arrayBuffer()
      await (await fetch(new URL(`/api/cases?host=${odd}&search=${odd}`, url))).arrayBuffer()
      await (await fetch(new URL(`/api/course?path=/${odd}`, url))).arrayBuffer()
    }
  },
]

export async function attack(address: string, round: number): Promise<void> {
  await ATTACKS[round % ATTACKS.length]?.(new URL(address))
}

/** What becomes of it does not matter: the server may refuse, answer or hang up. */
async function send(
  url: URL,
  pieces: readonly (string | Buffer)[],
  everyMs: number,
  staysMs: number,
): Promise<void> {
  const socket = connect(Number(url.port), url.hostname)
  socket.on('error', () => undefined)
  for (const piece of pieces) {
    if (socket.destroyed) break
    const isTaken = socket.write(piece)
    if (!isTaken) await Promise.race([once(socket, 'drain'), pause(2_000)]).catch(() => undefined)
    if (everyMs > 0) await pause(everyMs)
  }
  for (let waited = 0; waited < staysMs && !socket.destroyed; waited += 250) await pause(250)
  socket.destroy()
}

async function post(url: URL, body: string | Buffer): Promise<void> {
  const answer = await fetch(new URL('/api/deliveries', url), {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: typeof body === 'string' ? body : new Uint8Array(body),
  })
  await answer.arrayBuffer()
}
