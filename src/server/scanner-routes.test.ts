import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import * as z from 'zod/mini'
import { startScanner, withToken } from '../../test/support/scanner.ts'
import type { TestScanner } from '../../test/support/scanner.ts'
import { openApiDocument } from './openapi.ts'
import { SCANNER_ROUTES } from './scanner-routes.ts'

let scanner: TestScanner
let url = ''
beforeAll(async () => {
  scanner = await startScanner()
  url = await scanner.serve()
}, 60_000)
afterAll(() => scanner.end())

const Paths = z.object({
  paths: z.record(z.string(), z.record(z.string(), z.looseObject({ operationId: z.string() }))),
})

async function get(path: string): Promise<{ status: number; body: unknown }> {
  const response = await fetch(`${url}api/scanner/${path}`)
  return { status: response.status, body: await response.json() }
}

async function post(path: string, body: unknown, headers: Record<string, string> = {}) {
  const response = await fetch(`${url}api/scanner/${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  })
  return { status: response.status, body: z.looseObject({}).parse(await response.json()) }
}

it('every call answers', async () => {
  const { paths } = Paths.parse(openApiDocument('0'))
  const calls = Object.entries(paths).filter(([path]) => path.startsWith('/api/scanner/'))
  expect(calls.flatMap(([, methods]) => Object.keys(methods))).toHaveLength(SCANNER_ROUTES.length)
  for (const [path, methods] of calls) {
    if (!('get' in methods) || path.includes('{')) continue
    const query = path.endsWith('/gate') ? '?image=shop:1' : ''
    const { status, body } = await get(`${path.replace('/api/scanner/', '')}${query}`)
    expect({ path, status, body }).toEqual({
      path,
      status: 200,
      body: expect.objectContaining({
        schema: expect.stringMatching(/^stella\.scanner-[\w-]+\/1$/),
      }),
    })
  }
})

it('writes times as texts and sizes as numbers', async () => {
  const { status, body } = await post('jobs', { image: 'shop:1' })
  expect({ status, body }).toMatchObject({
    status: 200,
    body: {
      schema: 'stella.scanner-job/1',
      state: 'queued',
      createdAt: '2026-05-01T12:00:00.000Z',
      createdBy: 'somebody',
      sizeBytes: 268_435_456,
    },
  })
})

it('tells of times in its description, too', () => {
  const text = JSON.stringify(openApiDocument('0'))
  expect(text).toContain('"createdAt":{"type":"string","format":"date-time"}')
  expect(text).toContain('application/vnd.cyclonedx+json')
  expect(text).not.toContain('readOnly')
})

it('keeps a name as it was given, so that it can be printed', async () => {
  const by = `a\u001b[2J${'b'.repeat(200)}`
  await post('settings/worker.memory_limit', { value: '8Gi', by })
  const [change] = await scanner.desk.history({ limit: 1 })
  expect(change?.by).toMatch(/^a\\x1b\[2Jb+$/)
  expect(change?.by).toHaveLength(64)
})

it('gives the SBOM of a job that is done, under its own type', async () => {
  const { body } = await post('jobs', { image: 'sbom:1', priority: 900 })
  await scanner.finish('default', { bomFormat: 'CycloneDX' })
  const response = await fetch(`${url}api/scanner/jobs/${String(body['id'])}/document`)
  expect(response.headers.get('content-type')).toBe('application/vnd.cyclonedx+json')
  expect(await response.json()).toEqual({ bomFormat: 'CycloneDX' })
})

describe('refuses', () => {
  it.each([
    ['jobs', { image: '' }],
    ['jobs', { image: '-' }],
    ['jobs', { image: 'x'.repeat(2_000) }],
    ['jobs', { image: 'a', priority: 1e9 }],
    ['jobs', { image: 'a', timeoutMs: -1 }],
    ['jobs', []],
    ['settings/worker.memory_limit', {}],
    ['settings/worker.memory_limit', { value: 8 }],
    ['settings/worker.memory_limit', { value: '8g' }],
    ['settings/none', { value: '8Gi' }],
    ['settings/rollback', { change: 'last' }],
    ['workers/add', { pool: 'Big Ones', count: 1 }],
    ['workers/add', { pool: 'a', count: 0 }],
    ['workers/add', { pool: 'a', count: 65 }],
    ['workers/remove', { pool: 'nobody', count: 1 }],
    ['workers/restart', { pool: 'nobody' }],
  ])('a wrong POST of %s: %j', async (path, body) => {
    expect(await post(path, body)).toEqual({
      status: 400,
      body: expect.objectContaining({ error: expect.any(String), todo: expect.any(String) }),
    })
  })

  it.each([
    'jobs?status=lost',
    'jobs?limit=-1',
    'jobs?since=yesterday',
    'logs?level=loud',
    'logs?after=x',
  ])('a wrong GET of %s', async (path) => {
    expect(await get(path)).toMatchObject({ status: 400, body: { error: expect.any(String) } })
  })

  it.each([
    'jobs/ffffffff',
    'jobs/ffffffff/document',
    'jobs/ffffffff/memory',
    'jobs/ffffffff/layers',
    'jobs/%27or%201%3D1',
  ])('what is not there: %s', async (path) => {
    expect(await get(path)).toMatchObject({ status: 404, body: { todo: expect.any(String) } })
  })

  it.each([
    ['jobs/ffffffff/cancel', {}],
    ['jobs/ffffffff/retry', {}],
    ['settings/rollback', { change: 99_999 }],
  ])('what is not there: a POST of %s', async (path, body) => {
    expect(await post(path, body)).toMatchObject({ status: 404 })
  })

  it('a change that comes from another site', async () => {
    const answer = await post('workers/restart', {}, { 'sec-fetch-site': 'cross-site' })
    expect(answer.status).toBe(403)
  })

  it('whoever has no token', async () => {
    const closed = await scanner.serve({ access: withToken('a-token-of-24-characters') })
    expect((await fetch(`${closed}api/scanner/status`)).status).toBe(401)
  })

  it('everything where there is no scanner', async () => {
    const without = await scanner.serve({ scanner: null })
    const response = await fetch(`${without}api/scanner/status`)
    expect({ status: response.status, body: await response.json() }).toMatchObject({
      status: 404,
      body: { error: 'this server has no scanner' },
    })
  })
})
