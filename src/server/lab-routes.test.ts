import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import * as z from 'zod/mini'
import { openLabs } from '../app/labs/lab-desk.ts'
import type { Labs } from '../app/labs/lab-desk.ts'
import { liveBench } from '../app/labs/live-bench.ts'
import { LABS } from '../labs/list.ts'
import { startScanner } from '../../test/support/scanner.ts'
import type { TestScanner } from '../../test/support/scanner.ts'
import type { Access } from './guard.ts'
import { LabAnswer } from './lab-contract.ts'
import { LAB_ROUTES } from './lab-routes.ts'
import { openApiDocument } from './openapi.ts'

let scanner: TestScanner
let data = ''
let labs: Labs
let url = ''

beforeAll(async () => {
  scanner = await startScanner()
})
afterAll(() => scanner.end())
beforeEach(async () => {
  data = mkdtempSync(join(tmpdir(), 'stella-labs-'))
  await serve({ kind: 'loopback' })
})
afterEach(async () => {
  await labs.close()
  rmSync(data, { recursive: true, force: true })
})

async function serve(access: Access, env: Record<string, string> = {}): Promise<void> {
  const bench = (): ReturnType<typeof liveBench> => liveBench(data, { ...process.env, ...env })
  labs = openLabs({
    bench,
    onFault(error) {
      throw error
    },
  })
  url = await scanner.serve({ access, labs })
}

const Body = z.looseObject({})
type Answered = { status: number; body: z.infer<typeof Body> }

async function call(path: string, init: RequestInit = {}): Promise<Answered> {
  const response = await fetch(`${url}api/labs${path}`, init)
  return { status: response.status, body: Body.parse(await response.json()) }
}

function post(path: string, body: object = {}, token = ''): Promise<Answered> {
  const headers = { 'content-type': 'application/json', authorization: `Bearer ${token}` }
  return call(path, { method: 'POST', headers, body: JSON.stringify(body) })
}

/** The lab, once it stands so. */
async function until(id: string, stands: (lab: z.infer<typeof LabAnswer>) => boolean) {
  for (;;) {
    const lab = LabAnswer.parse((await call(`/${id}`)).body)
    if (stands(lab)) return lab
  }
}

async function begin(id: string) {
  expect(await post(`/${id}/start`)).toMatchObject({ status: 201, body: { id } })
  return until(id, ({ state }) => state === 'open')
}

const MENDED = [
  [/memory: 256m/, 'memory: 256Mi'],
  [/memory: 192m/, 'memory: 192Mi'],
  [/64MB/, '64Mi'],
] as const

function mend(folder: string | undefined): void {
  const file = join(folder ?? '', 'deployment.yaml')
  const text = readFileSync(file, 'utf8')
  writeFileSync(
    file,
    MENDED.reduce((mended, [from, to]) => mended.replace(from, to), text),
  )
}

it('each call is described', () => {
  const Paths = z.object({ paths: z.record(z.string(), z.record(z.string(), z.unknown())) })
  const { paths } = Paths.parse(openApiDocument('0'))
  const own = Object.entries(paths).filter(([path]) => /^\/api\/labs\b/.test(path))
  expect(own.flatMap(([, methods]) => Object.keys(methods))).toHaveLength(LAB_ROUTES.length)
})

it('lists what comes along, what it teaches, and what was done', async () => {
  const { body } = await call('')
  const List = z.object({ labs: z.array(z.looseObject({ id: z.string() })) })
  const { labs: listed } = List.parse(body)
  expect(listed.map(({ id }) => id)).toEqual(LABS)
  expect(listed.find(({ id }) => id === 'units')).toEqual({
    id: 'units',
    title: 'A quarter of a byte',
    teaches: 'Write a size as Kubernetes, Docker and the JVM each read it.',
    minutes: 8,
    difficulty: 1,
    backends: ['files'],
    open: false,
    starts: 0,
    attempts: 0,
    hints: 0,
    solved: 0,
    bestSeconds: null,
  })
})

describe('a lab', () => {
  it('is started, helped with, mended, solved and ended', async () => {
    const lab = await begin('units')
    expect(lab.open?.challenge).toContain(`${data}/labs/units/deployment.yaml`)
    expect(lab.open?.checks[0]).toMatchObject({
      name: 'limit',
      ok: false,
      actual: expect.stringMatching(/./),
      expected: expect.stringMatching(/256 MiB/),
    })
    const first = await post('/units/hint')
    expect(first.body).toMatchObject({ check: 'limit', taken: 1, last: false })
    await post('/units/hint')
    const given = (await until('units', () => true)).open?.hints
    expect(given?.map(({ check }) => check)).toEqual(['limit', 'limit'])
    expect(given?.[0]?.says).toBe(first.body['hint'])
    expect((await post('/units/check', { seconds: 0 })).body).toMatchObject({ passed: false })

    mend(lab.open?.folder)
    expect((await post('/units/check')).body).toMatchObject({ passed: true, counted: true })
    const solved = await until('units', () => true)
    expect(solved.open?.solvedAt).not.toBeNull()
    expect(solved.record).toMatchObject({ starts: 1, attempts: 2, hints: 2, solved: 1 })
    expect((await post('/units/stop')).body).toMatchObject({ stopped: true })
    expect(existsSync(join(data, 'labs/units'))).toBe(false)
    expect((await post('/units/stop')).body).toMatchObject({ stopped: false })
  })

  it('is judged by itself for those who look on, and told as it changes', async () => {
    const { open } = await begin('units')
    const leaving = new AbortController()
    const { body, headers } = await fetch(`${url}api/labs/units/events`, { signal: leaving.signal })
    expect(headers.get('content-type')).toBe('text/event-stream')
    let text = ''
    let isMended = false
    for await (const piece of body?.pipeThrough(new TextDecoderStream()) ?? []) {
      text += piece
      if (!isMended && text.includes('"ok":false')) {
        isMended = true
        mend(open?.folder)
      }
      if (/"solvedAt":"/.test(text)) break
    }
    leaving.abort()
    const told = [...text.matchAll(/^event: lab\ndata: (.*)$/gm)].map(([, data = '']) =>
      LabAnswer.parse(JSON.parse(data)),
    )
    expect(told.at(-1)?.open?.checks.every(({ ok }) => ok)).toBe(true)
    expect((await call('')).body).toMatchObject({
      labs: expect.arrayContaining([expect.objectContaining({ id: 'units', solved: 1 })]),
    })
  })

  it('is solved by the server, where somebody wants that', async () => {
    await begin('units')
    const { body } = await call('/units/solution')
    expect(body['solution']).toContain(`${data}/labs/units/deployment.yaml`)
    expect((await post('/units/solve')).status).toBe(201)
    await until('units', ({ doing, open }) => doing === null && open?.checks[0]?.ok === true)
    expect((await post('/units/check')).body).toMatchObject({ passed: true })
  })

  it('that was ended in the middle of a check stays ended', async () => {
    await begin('units')
    const checking = post('/units/check', { seconds: 30 })
    // Nothing holds, and nothing of it has to hold all the time: it is watched to the end.
    await until('units', () => true)
    await post('/units/stop')
    expect(await checking).toMatchObject({ status: 404, body: { error: 'it is not open' } })
    expect(existsSync(join(data, 'labs/units'))).toBe(false)
  })
})

describe('is refused', () => {
  it('with what is wrong, and what to do', async () => {
    expect(await call('/no-such')).toMatchObject({ status: 404 })
    expect(await call('/no-such/events')).toMatchObject({ status: 404 })
    for (const what of ['start', 'check', 'hint', 'solve', 'stop'])
      expect(await post(`/no-such/${what}`), what).toMatchObject({ status: 404 })
    for (const what of ['check', 'hint', 'solve'])
      expect(await post(`/units/${what}`), what).toMatchObject({
        status: 404,
        body: { error: 'it is not open', todo: "begin with 'stella lab start units'" },
      })
    expect(await call('/units/solution')).toMatchObject({ status: 404 })
    expect(await post('/units/start', { backend: 'nowhere' })).toMatchObject({ status: 400 })
    expect(await post('/units/start', { backend: 'docker' })).toMatchObject({
      status: 422,
      body: { todo: 'use one of files' },
    })
    await begin('units')
    expect(await post('/units/start')).toMatchObject({
      status: 409,
      body: { error: expect.stringContaining('it is open already') },
    })
    expect(await post('/units/check', { answers: { who: 'me' } })).toMatchObject({ status: 422 })
  })

  it('where the machine has nothing to make it with', async () => {
    await serve({ kind: 'loopback' }, { DOCKER_HOST: `unix://${data}/none.sock` })
    const refused = await post('/not-an-oom/start', { backend: 'docker' })
    expect(refused).toMatchObject({
      status: 503,
      body: { error: expect.stringContaining('docker'), todo: expect.stringContaining('root') },
    })
    expect(existsSync(join(data, 'labs/not-an-oom'))).toBe(false)
  })

  it('while the server ends', async () => {
    await begin('units')
    const checking = post('/units/check', { seconds: 30 })
    await until('units', () => true)
    await labs.close()
    expect((await checking).status).toBe(503)
    // What is open stays open: whoever comes next goes on with it.
    expect(existsSync(join(data, 'labs/units'))).toBe(true)
  })

  it('to programs that a run has started, and to who has no token', async () => {
    const own = { token: 'the-token-of-a-run', name: 'a run', groups: null, isRun: true }
    const ann = { ...own, token: 'the-token-of-ann', name: 'ann', isRun: false }
    await serve({ kind: 'token', tokens: [own, ann] })
    expect((await post('/units/start')).status).toBe(401)
    expect((await post('/units/start', {}, own.token)).status).toBe(403)
    expect(existsSync(join(data, 'labs/units'))).toBe(false)
    expect((await post('/units/start', {}, ann.token)).status).toBe(201)
  })

  it('to another user of the machine', async () => {
    const who = { by: 'eve, over HTTP', groups: null, isOtherUser: true }
    const order = { backend: null, ttlMs: null, who }
    await expect(labs.desk.start('units', order)).rejects.toMatchObject({
      refusal: 'forbidden',
      message: expect.stringContaining('another user of this machine'),
      todo: expect.stringContaining('stella lab start units'),
    })
    await expect(labs.desk.stop('units', who)).rejects.toMatchObject({ refusal: 'forbidden' })
    expect(() => labs.desk.solve('units', who)).toThrow(/another user/)
    expect(existsSync(join(data, 'labs/units'))).toBe(false)
  })
})
