/** What is kept of runs and runbooks beside the runs: reports, the prevention, and what a case has been run for. */
import { beforeEach, describe, expect, it } from 'vitest'
import { BOOK, eachWithRunServer } from '../../test/support/run-server.ts'
import type { RunServer } from '../../test/support/run-server.ts'
import type { Workplace } from '../../test/support/runs.ts'
import { markdownReport } from '../runbooks/report/markdown.ts'

const CASE = 'c_0123456789abcdef'

const own = eachWithRunServer(
  BOOK.replace('params:', 'params:\n  case: { type: case, asks: the case }').concat(
    '\n## Prevention\n\n- Watch the value.\n- Have a test for it.\n',
  ),
)
let place: Workplace
let server: RunServer
beforeEach(() => {
  ;({ place, server } = own())
})

describe('the report of a run', () => {
  it.each([
    ['', 'text/markdown', '.md'],
    ['?format=markdown', 'text/markdown', '.md'],
    ['?format=html', 'text/html', '.html'],
  ])('report%s is a file in which nothing is active', async (query, type, ending) => {
    const run = await server.begin()
    const told = await server.rested(run)
    const { status, headers } = await fetch(`${server.url}api/runs/${run}/report${query}`)
    expect(status).toBe(200)
    expect(headers.get('content-type')).toBe(`${type}; charset=utf-8`)
    expect(headers.get('content-disposition')).toBe(`attachment; filename="${run}${ending}"`)
    expect(headers.get('content-security-policy')).toMatch(/^default-src 'none'.*; sandbox$/)
    expect(told.waits?.step).toBe('set')
  })

  it('says what the command line says', async () => {
    const run = await server.begin()
    const told = await server.rested(run)
    const response = await fetch(`${server.url}api/runs/${run}/report`)
    expect(await response.text()).toBe(`${markdownReport(told)}\n`)
  })

  it.each([
    ['runs/run-20261122-101500-0000/report', 404],
    ['runs/..%2F..%2Fetc%2Fpasswd/report', 404],
  ])('is refused in words: %s', async (path, status) => {
    expect(await server.ask(path)).toMatchObject({ status, body: { error: expect.any(String) } })
  })

  it('is of the formats that there are', async () => {
    const run = await server.begin()
    await server.rested(run)
    expect((await server.ask(`runs/${run}/report?format=pdf`)).status).toBe(400)
  })
})

describe('an answer', () => {
  it('is one to the plan that was seen, and to no other', async () => {
    const run = await server.begin()
    const { plan } = await server.rested(run)
    const answers = { set: 'yes' }
    const other = `sha256:${'0'.repeat(64)}`
    expect(await server.post(`runs/${run}/resume`, { ofPlan: other, answers })).toMatchObject({
      status: 409,
      body: {
        error: 'the plan of this run is another one than the one that was looked at',
        todo: 'look at it as it is now, and decide then',
      },
    })
    expect(await server.rested(run)).toMatchObject({ waits: { step: 'set' }, approvals: [] })
    expect((await server.post(`runs/${run}/resume`, { ofPlan: plan, answers })).status).toBe(200)
    // It approves this one step, and not the plan.
    expect(await server.rested(run)).toMatchObject({ approvals: [{ how: 'http', steps: ['set'] }] })
    expect(place.log()).toEqual(['new'])
  })
})

it('runs that somebody begins for a case belong to it', async () => {
  const run = await server.begin({ params: { case: CASE } })
  await server.rested(run)
  const other = await server.begin()
  await server.rested(other)
  expect((await server.ask(`runs?case=${CASE}`)).body).toMatchObject({
    runs: [{ run, case: CASE, origin: { kind: 'person' } }],
  })
})

describe('the prevention', () => {
  it('keeps who has done what, and what shows it', async () => {
    const before = (await server.ask('runbooks/value/prevention')).body
    expect(before).toMatchObject({
      schema: 'stella.runbook-prevention/1',
      items: [
        { number: 1, text: 'Watch the value.', state: 'open', mark: null },
        { number: 2, state: 'open' },
      ],
    })
    const mark = { done: true, by: 'ann', evidence: 'an alert' }
    const { status, body } = await server.post('runbooks/value/prevention/1', mark)
    expect({ status, body }).toMatchObject({
      status: 200,
      body: {
        items: [{ state: 'done', mark: { by: 'ann, over HTTP', evidence: 'an alert' } }, {}],
      },
    })
    expect((await server.ask('runbooks/value/prevention')).body).toEqual(body)
    await server.post('runbooks/value/prevention/1', { done: false, by: 'bob' })
    expect((await server.ask('runbooks/value/prevention')).body).toMatchObject({
      items: [{ state: 'open', mark: { by: 'bob, over HTTP' } }, {}],
    })
  })

  it.each([
    ['runbooks/value/prevention/9', 422],
    ['runbooks/no-such/prevention/1', 404],
  ])('has no %s', async (path, status) => {
    expect((await server.post(path, { done: true })).status).toBe(status)
    expect((await server.ask('runbooks/no-such/prevention')).status).toBe(404)
  })
})
