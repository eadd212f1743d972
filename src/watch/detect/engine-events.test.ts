import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:http'
import type { Server, ServerResponse } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { until } from '../../../test/support/testbed.ts'
import { apiEngine } from '../../sources/docker/api.ts'
import { hostReader } from '../../sources/reader.ts'
import { followEngine } from './engine-events.ts'

let folder = ''
let servers: Server[] = []
let stop = new AbortController()
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'stella-test-events-'))
  stop = new AbortController()
})
afterEach(() => {
  stop.abort()
  for (const server of servers) {
    server.closeAllConnections()
    server.close()
  }
  servers = []
  rmSync(folder, { recursive: true, force: true })
})

const event = (id: string, seconds: number): string =>
  `${JSON.stringify({
    Type: 'container',
    Action: 'die',
    Actor: { ID: id, Attributes: { name: id, exitCode: '137' } },
    time: seconds,
    timeNano: seconds * 1e9,
  })}\n`

/** A daemon that speaks the events API on a socket; it can be ended and started again. */
async function daemon(answer: (response: ServerResponse, path: string) => void): Promise<Server> {
  const server = createServer((request, response) => answer(response, request.url ?? ''))
  servers.push(server)
  await new Promise<void>((resolve) => server.listen(join(folder, 'docker.sock'), resolve))
  return server
}

function follow(): { ids: string[]; blind: (string | null)[] } {
  const ids: string[] = []
  const blind: (string | null)[] = []
  const reader = hostReader()
  const path = join(folder, 'docker.sock')
  void followEngine(reader, {
    engine: apiEngine(reader, 'docker', { kind: 'socket', path, where: `unix://${path}` }),
    since: 100_000,
    signal: stop.signal,
    onEvent: ({ fact }) => ids.push(fact.id),
    onBlind: (why) => blind.push(why),
  })
  return { ids, blind }
}

it('hears events that come in pieces, several at once, and in pieces of a character', async () => {
  await daemon((response) => {
    response.writeHead(200)
    const text = event('ä-first', 101) + event('second', 102)
    const bytes = Buffer.from(text)
    response.write(bytes.subarray(0, 60))
    setTimeout(() => response.write(bytes.subarray(60)), 20)
  })
  const { ids } = follow()
  await until('both are heard', () => ids.length === 2)
  expect(ids).toEqual(['ä-first', 'second'])
})

it('asks for what happened while the daemon was away, and hears nothing twice', async () => {
  const asked: string[] = []
  const first = await daemon((response, path) => {
    asked.push(path)
    response.writeHead(200)
    response.write(event('before', 101))
    setTimeout(() => {
      first.closeAllConnections()
      first.close()
    }, 50)
  })
  const { ids, blind } = follow()
  await until('the daemon is away', () => blind.length === 1)
  await daemon((response, path) => {
    asked.push(path)
    response.writeHead(200)
    response.write(event('before', 101) + event('meanwhile', 102))
  })
  await until('the daemon is heard again', () => ids.length === 2)
  expect(ids).toEqual(['before', 'meanwhile'])
  expect(blind).toEqual([expect.any(String), null])
  expect(asked.at(-1)).toContain('since=101.000')
})

it('tells once that a daemon gives no events', async () => {
  await daemon((response) => response.writeHead(500).end())
  const { blind } = follow()
  await until('it is told', () => blind.length > 0)
  await new Promise((resolve) => setTimeout(resolve, 1_200))
  expect(blind).toEqual([expect.stringMatching(/gives no events: status 500$/)])
})
