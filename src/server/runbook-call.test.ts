import { writeFileSync } from 'node:fs'
import { beforeEach, describe, expect, it } from 'vitest'
import { BOOK, eachWithRunServer } from '../../test/support/run-server.ts'
import type { RunServer } from '../../test/support/run-server.ts'
import type { Workplace } from '../../test/support/runs.ts'
import type { TokenHolder } from './guard.ts'

const own = eachWithRunServer(BOOK)
let place: Workplace
let server: RunServer
beforeEach(() => {
  ;({ place, server } = own())
})

describe('refuses', () => {
  it.each([
    ['a value that is an option', { params: { word: '--help' } }, 422],
    ['a value that would be more than a word', { params: { word: 'new; rm -rf /' } }, 422],
    ['a value of more than one line', { params: { word: 'new\nrm' } }, 422],
    ['a parameter that there is not', { params: { other: 'new' } }, 422],
    ['a value that is no text', { params: { word: 7 } }, 400],
  ])('%s', async (_what, body, status) => {
    expect((await server.post('runs', { runbook: 'value', ...body })).status).toBe(status)
    expect((await server.post('runbooks/value/plan', body)).status).toBe(status)
    expect((await server.ask('runs')).body['runs']).toEqual([])
  })

  it.each<[string, object, number]>([
    ['the hash of another plan', { plan: `sha256:${'0'.repeat(64)}` }, 409],
    ['a change that there is not', { plan: 'PLAN', steps: ['look'] }, 422],
    ['an answer to no step', { answers: { other: 'yes' } }, 422],
    ['an answer to what asks nothing', { answers: { look: 'yes' } }, 422],
    ['a value for a change', { answers: { set: { value: 'new' } } }, 422],
    ['an answer that is none', { answers: { set: 'maybe' } }, 400],
  ])('%s', async (_what, body, status) => {
    const run = await server.begin()
    const { plan } = await server.rested(run)
    const sent = JSON.parse(JSON.stringify(body).replace('PLAN', plan))
    expect((await server.post(`runs/${run}/resume`, sent)).status).toBe(status)
    expect(await server.rested(run)).toMatchObject({ approvals: [], waits: { step: 'set' } })
    expect(place.log()).toEqual([])
  })

  it('to go on with another document than the run began with', async () => {
    const run = await server.begin()
    const { plan } = await server.rested(run)
    place.write(BOOK.replace('SET FILE "', 'SET FILE.other "'))
    expect((await server.post(`runs/${run}/resume`, { plan })).status).toBe(409)
    expect(place.log()).toEqual([])
  })

  it.each(['run-20260101-000000-abcd', '..%2F..%2Fetc%2Fpasswd'])('the run %s', async (id) => {
    expect((await server.ask(`runs/${id}`)).status).toBe(404)
    for (const what of ['resume', 'undo', 'stop']) {
      expect((await server.post(`runs/${id}/${what}`)).status).toBe(404)
    }
  })

  it('to go on with a run whose runbook is not on the shelf', async () => {
    const { run } = await place.start(place.write(BOOK), {
      approval: { hash: null, steps: [], lowRisk: false },
    })
    place.write(BOOK.replace('id: value', 'id: other'))
    expect(await server.post(`runs/${run}/resume`)).toMatchObject({
      status: 409,
      body: { todo: expect.stringContaining(`stella runbook resume ${run}`) },
    })
  })
})

describe('who approves', () => {
  const holder = (name: string, ...groups: string[]): TokenHolder => ({
    token: `the-token-of-${name}`,
    name,
    groups: new Set(groups),
    isRun: false,
  })
  const tokens = [
    holder('ann', 'platform'),
    holder('bob', 'platform', 'web'),
    holder('eve', 'web'),
    { ...holder('own'), isRun: true },
  ]
  const of = (name: string): string => `the-token-of-${name}`
  beforeEach(async () => {
    server = await own().serve({ kind: 'token', tokens })
  })

  it('is somebody of those who own the runbook', async () => {
    const run = await server.begin({ by: 'ann' }, of('eve'))
    const { by, plan } = await server.rested(run)
    expect(by).toBe('eve')
    for (const body of [{ plan }, { lowRisk: true }, { answers: { set: 'yes' }, by: 'ann' }]) {
      const refused = await server.post(`runs/${run}/resume`, body, of('eve'))
      expect(refused).toMatchObject({
        status: 403,
        body: { todo: expect.stringContaining('platform') },
      })
    }
    expect(await server.rested(run)).toMatchObject({ approvals: [], resumed: [] })
    expect(place.now()).toBe('old')

    const answers = { 'ask-around': 'yes' }
    await server.post(`runs/${run}/resume`, { plan, answers, by: 'somebody' }, of('ann'))
    expect(await server.rested(run)).toMatchObject({
      verdict: 'resolved',
      approvals: [{ by: 'ann' }],
    })
    expect((await server.post(`runs/${run}/undo`, {}, of('eve'))).status).toBe(403)
    expect(place.now()).toBe('new')
    expect((await server.post(`runs/${run}/undo`, {}, of('bob'))).status).toBe(200)
    expect((await server.rested(run)).verdict).toBe('undone')
  })

  it('is two people where two are asked for, whatever they call themselves', async () => {
    place.write(BOOK.replace('risk=medium', 'risk=medium, approve=2'))
    const run = await server.begin({}, of('ann'))
    const { plan } = await server.rested(run)
    const answers = { 'ask-around': 'no' }
    for (const by of ['ann', 'carl'])
      await server.post(`runs/${run}/resume`, { plan, answers, by }, of('ann'))
    expect((await server.rested(run)).waits?.why).toContain('somebody other than ann')
    expect(place.log()).toEqual([])
    await server.post(`runs/${run}/resume`, { plan, answers }, of('bob'))
    expect((await server.rested(run)).verdict).toBe('resolved')
  })

  it('is never what a run has started', async () => {
    const run = await server.begin({}, of('ann'))
    const { plan } = await server.rested(run)
    expect((await server.post(`runs/${run}/resume`, { plan }, of('own'))).status).toBe(403)
    expect((await server.post('runs', { runbook: 'value' }, of('own'))).status).toBe(403)
    expect(place.now()).toBe('old')
  })

  it('is nobody without a token, and no token stands in an answer', async () => {
    expect((await server.post('runs', { runbook: 'value' })).status).toBe(401)
    writeFileSync(place.file, `${of('bob')}\n`)
    const run = await server.begin({}, of('ann'))
    await server.rested(run)
    const text = JSON.stringify((await server.ask(`runs/${run}`, of('ann'))).body)
    expect(text).toContain('problem')
    expect(text).not.toContain(of('bob'))
  })
})
