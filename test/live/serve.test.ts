import { mkdtempSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { Ajv2020 } from 'ajv/dist/2020.js'
import formats from 'ajv-formats'
import { afterEach, beforeEach, describe, expect, it, onTestFinished } from 'vitest'
import { MIB } from '../../src/model/bytes.ts'
import { createGroup } from '../support/cgroups.ts'
import { hog } from '../support/hog.ts'
import { roomForReports } from '../support/oom-reports.ts'
import { requireParts } from '../support/parts.ts'
import { largeImage, scannerOf } from '../support/scanner-service.ts'
import { startServing } from '../support/serving.ts'
import type { Serving } from '../support/serving.ts'
import { startPostgres } from '../support/server-starters.ts'
import { testbedFolder, until } from '../support/testbed.ts'

const TOKEN = 'a-token-that-nobody-knows'

let folder = ''
let running: Serving[] = []

beforeEach(() => {
  folder = mkdtempSync(join(testbedFolder('serve'), 'data-'))
})
afterEach(async () => {
  for (const each of running) await each.kill()
  running = []
  rmSync(folder, { recursive: true, force: true })
})

async function serve(
  args: readonly string[] = [],
  env: Readonly<Record<string, string>> = {},
): Promise<Serving> {
  const started = await startServing(folder, args, env)
  running.push(started)
  return started
}

async function killOne(name: string): Promise<number> {
  const group = createGroup(name, 8 * MIB)
  try {
    const { pid, ended } = group.start([await hog(), 'anon=64M'])
    await ended
    return pid
  } finally {
    await group.remove()
  }
}

/** A bounded group with a process, until the test ends; its path. */
async function staying(name: string): Promise<string> {
  const group = createGroup(name, 32 * MIB)
  onTestFinished(() => group.remove())
  group.start([await hog(), 'anon=8M', 'stay'])
  return group.path
}

interface Listed {
  id: string
  victim: { pid: number } | null
  subject: { name: string | null }
}

async function listed(server: Serving, query = '?limit=500'): Promise<Listed[]> {
  const response = await server.get(`/api/cases${query}`, {
    headers: { authorization: `Bearer ${TOKEN}` },
  })
  const body: { cases: Listed[] } = JSON.parse(await response.text())
  return body.cases
}

async function caseOf(server: Serving, pid: number): Promise<Listed> {
  let found: Listed | undefined
  for (let tries = 0; tries < 100 && found === undefined; tries++) {
    found = (await listed(server)).find(({ victim }) => victim?.pid === pid)
    if (found === undefined) await pause(100)
  }
  if (found === undefined) throw new Error(`there is no case of ${pid}: ${server.err}`)
  return found
}

const metric = (text: string, name: string): number =>
  Number(new RegExp(`^${name.replaceAll(/[{}"]/g, String.raw`\$&`)} (\\S+)$`, 'm').exec(text)?.[1])

/** One of files alone. */
async function openLab(server: Serving, id: string): Promise<void> {
  const begun = await server.get(`/api/labs/${id}/start`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ backend: 'files' }),
  })
  expect(begun.status).toBe(201)
  const state = async (): Promise<unknown> =>
    JSON.parse(await (await server.get(`/api/labs/${id}`)).text())
  await expect.poll(state, { timeout: 20_000 }).toMatchObject({ state: 'open' })
}

describe.skipIf(requireParts('root', 'kmsg', 'compiler'))('stella serve', () => {
  it('shows a kill in the list, as a whole case, as an event, and in the metrics', async () => {
    await roomForReports()
    const server = await serve()
    const before = await (await server.get('/metrics')).text()
    const events = new AbortController()
    let heard = ''
    const stream = await server.get('/api/events', { signal: events.signal })
    const decoder = new TextDecoder()
    void stream.body
      ?.pipeTo(new WritableStream({ write: (chunk) => void (heard += decoder.decode(chunk)) }))
      .catch(() => undefined)
    const pid = await killOne('serve-one')
    const { id } = await caseOf(server, pid)
    expect(await server.json(`/api/cases/${id}`)).toMatchObject({
      schema: 'stella.kept-case/1',
      id,
      verdict: { code: 'oom-own-limit' },
      limitBytes: 8 * MIB,
      case: { schema: 'stella.case/1', id, victims: [{ pid }] },
    })
    await until('the event', () => heard.includes(id))
    expect(heard).toContain('event: round')
    events.abort()
    const after = await (await server.get('/metrics')).text()
    for (const name of [
      'stella_oom_kills_total{scope="container"}',
      'stella_cases_total{verdict="oom-own-limit"}',
      'stella_detection_seconds_count',
    ]) {
      expect(metric(after, name), name).toBeGreaterThan(metric(before, name) || 0)
    }
    expect(await server.stop()).toBe(0)
    expect(await caseOf(await serve(), pid)).toMatchObject({ id })
  })

  it('answers as its OpenAPI document says', async () => {
    await roomForReports()
    const server = await serve()
    const stays = await staying('serve-course')
    const pid = await killOne('serve-openapi')
    const { id } = await caseOf(server, pid)
    const scanner = scannerOf(server)
    const job = await scanner.submit(await largeImage(folder, 1))
    await scanner.ended([job])
    const document: {
      paths: Record<
        string,
        Record<string, { responses: { 200: { content: Record<string, { schema: object }> } } }>
      >
    } = JSON.parse(await (await server.get('/api/openapi.json')).text())
    const ajv = new Ajv2020({ strict: false, allErrors: true })
    formats.default(ajv)
    const ASKED: Record<string, string> = {
      '/api/course': `?path=${encodeURIComponent(stays)}`,
      '/api/scanner/gate': '?image=shop:1',
    }
    const begun = await server.get('/api/runs', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ runbook: 'scanner-queue', onlyChecks: true, by: 'tester' }),
    })
    const { run }: { run: string } = JSON.parse(await begun.text())
    await openLab(server, 'units')
    const seen = () => server.get(`/api/course${ASKED['/api/course']}`)
    await until('the group was sampled', async () => (await seen()).status === 200)
    const named = (path: string): string => {
      if (path.startsWith('/api/scanner/')) return job
      if (path.startsWith('/api/labs/')) return 'units'
      if (path.startsWith('/api/runbooks/')) return 'scanner-queue'
      return path.startsWith('/api/runs/') ? run : id
    }
    const calls = Object.entries(document.paths).filter(([, { get }]) => get !== undefined)
    expect(calls.length).toBeGreaterThan(4)
    for (const [path, { get }] of calls) {
      const at = path.replace('{id}', named(path)) + (ASKED[path] ?? '')
      const response = await server.get(at)
      expect(response.status, at).toBe(200)
      const [[type, media] = ['', undefined]] = Object.entries(get?.responses[200].content ?? {})
      expect(media, at).toBeDefined()
      expect(response.headers.get('content-type')?.split(';')[0], at).toBe(type)
      if (type === 'text/event-stream') {
        await response.body?.cancel()
        continue
      }
      const check = ajv.compile(media?.schema ?? {})
      check(type.endsWith('json') ? await response.json() : await response.text())
      expect(check.errors ?? [], at).toEqual([])
    }
  })

  it('stands 10,000 calls, and misses no kill meanwhile', async () => {
    await roomForReports()
    const server = await serve()
    const statuses = new Map<number, number>()
    let left = 10_000
    const lane = async (): Promise<void> => {
      while (left-- > 0) {
        const response = await server.get(left % 3 === 0 ? '/api/cases' : '/api/overview')
        await response.arrayBuffer()
        statuses.set(response.status, (statuses.get(response.status) ?? 0) + 1)
      }
    }
    const lanes = Array.from({ length: 50 }, lane)
    const pid = await killOne('serve-busy')
    await Promise.all(lanes)
    expect([...statuses.keys()].filter((status) => status !== 200 && status !== 429)).toEqual([])
    await pause(6_000)
    expect(await caseOf(server, pid)).toMatchObject({ victim: { pid } })
    expect((await server.get('/readyz')).status).toBe(200)
  }, 180_000)

  it('keeps what it told when it is killed', async () => {
    await roomForReports()
    const server = await serve()
    const pid = await killOne('serve-killed')
    const { id } = await caseOf(server, pid)
    await server.kill()
    expect(await caseOf(await serve(), pid)).toMatchObject({ id })
  })
})

describe.skipIf(requireParts('root', 'kmsg', 'compiler', 'postgresql'))(
  'stella serve on PostgreSQL',
  () => {
    it('does the same, and outlives its server', async () => {
      await roomForReports()
      const data = mkdtempSync(join(testbedFolder('serve'), 'postgres-'))
      const group = createGroup('serve-postgres')
      try {
        await startPostgres(group, data, 'shared_buffers = 16MB\n')
        const url = `postgres:///postgres?host=${encodeURIComponent(data)}&user=postgres`
        const server = await serve([], { STELLA_DATABASE: url })
        const pid = await killOne('serve-on-postgres')
        expect(await caseOf(server, pid)).toMatchObject({ victim: { pid } })
        expect((await server.get('/readyz')).status).toBe(200)
      } finally {
        for (const each of running) await each.kill()
        await group.remove()
        rmSync(data, { recursive: true, force: true })
      }
    })
  },
)
