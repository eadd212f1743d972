import { writeFileSync } from 'node:fs'
import { beforeEach, describe, expect, it } from 'vitest'
import * as z from 'zod/mini'
import { BOOK, eachWithRunServer, HANGS } from '../../test/support/run-server.ts'
import type { RunServer } from '../../test/support/run-server.ts'
import { statesOf } from '../../test/support/runs.ts'
import type { Workplace } from '../../test/support/runs.ts'
import { until } from '../../test/support/testbed.ts'
import { openApiDocument } from './openapi.ts'
import { RUNBOOK_ROUTES } from './runbook-routes.ts'

const own = eachWithRunServer(BOOK)
let place: Workplace
let server: RunServer
beforeEach(() => {
  ;({ place, server } = own())
})

it('each call is described', () => {
  const Paths = z.object({ paths: z.record(z.string(), z.record(z.string(), z.unknown())) })
  const { paths } = Paths.parse(openApiDocument('0'))
  const own = Object.entries(paths).filter(([path]) => /^\/api\/run(?:s|books)\b/.test(path))
  expect(own.flatMap(([, methods]) => Object.keys(methods))).toHaveLength(RUNBOOK_ROUTES.length)
})

describe('runbooks', () => {
  it('are listed: those that come along, and those of the own folder', async () => {
    const { body } = await server.ask('runbooks')
    const List = z.object({
      schema: z.string(),
      runbooks: z.array(z.looseObject({ id: z.string() })),
    })
    const { schema, runbooks: listed } = List.parse(body)
    expect(schema).toBe('stella.runbooks/1')
    expect(listed.map(({ id }) => id)).toContain('scanner-oom')
    expect(listed.find(({ id }) => id === 'value')).toEqual({
      id: 'value',
      title: 'A value is wrong',
      component: null,
      severity: null,
      owner: 'platform',
      updated: null,
      doctorChecks: [],
      alerts: ['ValueIsWrong'],
      cases: [],
      tracking: {},
      params: [{ name: 'word', type: 'name', asks: 'what it shall be', usual: 'new' }],
      steps: 4,
      lastSucceeded: null,
    })
  })

  it('are shown whole, and as they are now', async () => {
    expect((await server.ask('runbooks/value')).body).toMatchObject({
      schema: 'stella.runbook/1',
      steps: [{ id: 'ask-around' }, { id: 'look' }, { id: 'set' }, { id: 'is-new' }],
    })
    place.write(BOOK.replace('title: A value', 'title: Another value'))
    expect((await server.ask('runbooks/value')).body).toMatchObject({
      title: 'Another value is wrong',
    })
  })

  it('have a plan, for which nothing is run', async () => {
    const { status, body } = await server.post('runbooks/value/plan', { params: { word: 'newer' } })
    expect({ status, body }).toMatchObject({
      status: 200,
      body: {
        schema: 'stella.runbook/1',
        params: { word: 'newer' },
        hash: expect.stringMatching(/^sha256:/),
      },
    })
    expect(JSON.stringify(body['plan'])).toContain('newer')
    expect(place.log()).toEqual([])
  })

  it.each(['no-such', '../value', '%2Fetc%2Fpasswd', 'book.md'])(
    'are known by their id alone: not %s',
    async (id) => {
      expect((await server.ask(`runbooks/${id}`)).status).toBe(404)
      expect((await server.post('runs', { runbook: decodeURIComponent(id) })).status).toBe(404)
      expect((await server.post('runs', { runbook: `${place.folder}/book.md` })).status).toBe(404)
    },
  )
})

describe('a run', () => {
  it('looks, waits before the change, is approved, and has helped', async () => {
    const run = await server.begin({ by: 'ann' })
    expect(await server.rested(run)).toMatchObject({
      by: 'ann, over HTTP',
      origin: { kind: 'person' },
      waits: { step: 'set', why: 'it needs an approval' },
    })
    const waiting = (await server.ask(`runs/${run}`)).body
    expect(waiting).toMatchObject({ schema: 'stella.runbook-run/1', state: 'waits' })
    expect(place.log()).toEqual([])

    const answers = { 'ask-around': 'no' }
    const { status } = await server.post(`runs/${run}/resume`, {
      plan: waiting['plan'],
      answers,
      by: 'ann',
    })
    expect(status).toBe(200)
    const told = await server.rested(run)
    expect(told).toMatchObject({
      verdict: 'resolved',
      approvals: [{ by: 'ann, over HTTP', how: 'hash' }],
    })
    expect(place.log()).toEqual(['new'])

    const { body } = await server.ask('runs?runbook=value')
    expect(body).toMatchObject({
      schema: 'stella.runs/1',
      runs: [{ run, state: 'ended', verdict: 'resolved' }],
    })
    expect((await server.ask('runs?case=c_1234')).body['runs']).toEqual([])
    expect(JSON.stringify((await server.ask('runbooks')).body)).toContain(
      `"lastSucceeded":"${told.endedAt}"`,
    )
  })

  it('is told of as it goes', async () => {
    const leaving = new AbortController()
    const { body } = await fetch(`${server.url}api/events`, { signal: leaving.signal })
    const run = await server.begin()
    let text = ''
    for await (const piece of body?.pipeThrough(new TextDecoderStream()) ?? []) {
      text += piece
      if (text.includes('"step":"set"')) break
    }
    expect(text).toContain(`event: run\ndata: {"run":"${run}"`)
    leaving.abort()
    await server.rested(run)
  })

  it('leaves to a person what is for one, and comes back to it when all else is done', async () => {
    const run = await server.begin()
    expect(statesOf(await server.rested(run))).toEqual({
      'ask-around': 'waits',
      look: 'problem',
      set: 'waits',
      'is-new': 'pending',
    })
    await server.post(`runs/${run}/resume`, { answers: { set: 'yes' }, by: 'ann' })
    const resumed = await server.rested(run)
    expect(resumed).toMatchObject({
      verdict: null,
      waits: { step: 'ask-around' },
      approvals: [{ how: 'http', steps: ['set'] }],
    })
    expect(statesOf(resumed)).toMatchObject({ 'ask-around': 'waits', set: 'ok', 'is-new': 'ok' })
    await server.post(`runs/${run}/resume`, { answers: { 'ask-around': 'yes' }, by: 'bob' })
    expect(await server.rested(run)).toMatchObject({ verdict: 'resolved' })
    expect(place.log()).toEqual(['new'])
  })

  it('goes on with the value that it was given, and does not guess one', async () => {
    place.write(
      BOOK.replace('kind=manual}\ncall the owner', 'kind=ask, capture="wanted:text"}').replace(
        '"${word}"',
        '"${wanted}"',
      ),
    )
    const run = await server.begin()
    const waiting = await server.rested(run)
    expect(statesOf(waiting)).toMatchObject({
      'ask-around': 'waits',
      look: 'problem',
      set: 'waits',
    })
    expect(waiting.waits?.why).toContain('ask-around')
    const bad = await server.post(`runs/${run}/resume`, {
      answers: { 'ask-around': { value: '--help' } },
    })
    expect(bad.status).toBe(422)
    const secret = { value: 'password=tr0ub4dor&3' }
    expect(
      (await server.post(`runs/${run}/resume`, { answers: { 'ask-around': secret } })).status,
    ).toBe(422)
    await server.post(`runs/${run}/resume`, {
      answers: { 'ask-around': { value: 'new' }, set: 'yes' },
    })
    expect(await server.rested(run)).toMatchObject({ verdict: 'resolved' })
    expect(place.log()).toEqual(['new'])
  })

  it('leaves a change out that somebody does not want', async () => {
    const run = await server.begin()
    await server.rested(run)
    await server.post(`runs/${run}/resume`, { answers: { set: 'no', 'ask-around': 'no' } })
    expect(await server.rested(run)).toMatchObject({ verdict: 'problem' })
    expect(place.log()).toEqual([])
  })

  it('only looks where that was asked for', async () => {
    const run = await server.begin({ onlyChecks: true })
    expect(await server.rested(run)).toMatchObject({ verdict: 'problem' })
    expect(place.log()).toEqual([])
  })

  it('is taken back', async () => {
    const run = await server.begin()
    const { plan } = await server.rested(run)
    await server.post(`runs/${run}/resume`, { plan, answers: { 'ask-around': 'yes' } })
    await server.rested(run)
    expect(place.now()).toBe('new')
    expect((await server.post(`runs/${run}/undo`, { by: 'ann' })).status).toBe(200)
    const undone = await server.rested(run)
    expect(undone).toMatchObject({ verdict: 'undone', why: expect.stringContaining('ann') })
    expect(place.now()).toBe('old')
    expect((await server.post(`runs/${run}/undo`)).status).toBe(409)
  })

  it('that an alert has begun waits before the change, too, and is found by its case', async () => {
    const { service, shelf } = server.runbooks
    const runbook = shelf().find(({ read }) => read.runbook.id === 'value')
    if (runbook === undefined) throw new Error('it is not on the shelf')
    const origin = {
      kind: 'alert',
      alert: 'ValueIsWrong',
      fingerprint: 'f',
      case: 'c_12345678',
    } as const
    const run = await service.begin({
      runbook,
      given: new Map(),
      by: 'stella',
      origin,
      onlyChecks: false,
      withinMs: null,
    })
    expect(statesOf(await server.rested(run))).toMatchObject({ look: 'problem', set: 'waits' })
    expect(place.log()).toEqual([])
    expect((await server.ask('runs?case=c_12345678')).body).toMatchObject({
      runs: [{ run, origin }],
    })
  })

  it('can be stopped, and gone on with', async () => {
    place.write(HANGS)
    const run = await server.begin({ runbook: 'hangs' })
    await until('it looks', () => statesOf(place.told(run))['look'] === 'running')
    expect((await server.ask(`runs/${run}`)).body).toMatchObject({ state: 'running' })
    const another = await server.post(`runs/${run}/resume`)
    expect(another).toMatchObject({
      status: 409,
      body: { error: expect.stringContaining('works on it') },
    })
    expect((await server.post(`runs/${run}/stop`, { by: 'ann' })).status).toBe(200)
    expect(await server.rested(run)).toMatchObject({
      waits: { step: 'look', why: 'ann, over HTTP has stopped it' },
    })
    expect((await server.post(`runs/${run}/stop`)).status).toBe(409)
    expect((await server.post(`runs/${run}/resume`)).status).toBe(200)
    await until('it looks again', () => statesOf(place.told(run))['look'] === 'running')
  })

  it('lets a change come to its end that it has begun, unless it is stopped once more', async () => {
    place.write(BOOK.replace('SET FILE "${word}"', 'sleep 60'))
    const run = await server.begin()
    const { plan } = await server.rested(run)
    await server.post(`runs/${run}/resume`, { plan })
    await until('it changes', () => statesOf(place.told(run))['set'] === 'running')
    await server.post(`runs/${run}/stop`, { by: 'ann' })
    expect((await server.ask(`runs/${run}`)).body).toMatchObject({ state: 'running' })
    await server.post(`runs/${run}/stop`, { by: 'ann' })
    expect(await server.rested(run)).toMatchObject({ verdict: 'failed' })
  })

  it('waits when the server ends, and the next one goes on with it', async () => {
    place.write(HANGS)
    const run = await server.begin({ runbook: 'hangs' })
    await until('it looks', () => statesOf(place.told(run))['look'] === 'running')
    await server.close()
    expect(place.told(run)).toMatchObject({ waits: { step: 'look', why: 'it was interrupted' } })
    const other = { runbook: 'hangs', params: { word: 'a' } }
    expect((await server.post('runs', other)).status).toBe(503)
    server = await own().serve()
    expect((await server.post(`runs/${run}/resume`)).status).toBe(200)
  })

  it('is one of a few at a time', async () => {
    place.write(HANGS)
    for (const word of ['a', 'b', 'c', 'd'])
      await server.begin({ runbook: 'hangs', params: { word } })
    const headers = { 'content-type': 'application/json' }
    const body = JSON.stringify({ runbook: 'hangs', params: { word: 'e' } })
    const response = await fetch(`${server.url}api/runs`, { method: 'POST', headers, body })
    expect(response.status).toBe(503)
    expect(Number(response.headers.get('retry-after'))).toBeGreaterThan(0)
  })

  it('is one at a time for the same values', async () => {
    place.write(HANGS)
    await server.begin({ runbook: 'hangs' })
    expect((await server.post('runs', { runbook: 'hangs' })).status).toBe(409)
  })

  it('tells no secret', async () => {
    writeFileSync(place.file, 'DB_PASSWORD=tr0ub4dor&3\n')
    const run = await server.begin()
    await server.rested(run)
    const text = JSON.stringify((await server.ask(`runs/${run}`)).body)
    expect(text).toContain('DB_PASSWORD')
    expect(text).not.toContain('tr0ub4dor')
  })
})
