import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterEach, beforeEach, expect, it } from 'vitest'
import * as z from 'zod/mini'
import { RunAnswer, RunTaken } from '../../src/server/runbook-contract.ts'
import { requireParts } from '../support/parts.ts'
import { runStella } from '../support/program.ts'
import { statesOf } from '../support/runs.ts'
import { startServing } from '../support/serving.ts'
import type { Serving } from '../support/serving.ts'
import { testbedFolder, until } from '../support/testbed.ts'

/** Says that it has begun, and ends when GATE is there. */
const GATED = `#!/bin/sh
echo begun >> "$1"
n=0
while [ ! -e "$2" ] && [ $n -lt 600 ]; do sleep 0.1; n=$((n+1)); done
`
const BOOK = `---
schema: 1
id: gated
title: Something is gated
owner: platform
---

# Something is gated

## Quick checks

\`\`\`bash {id=limit, kind=check, capture="limit:text"}
stella scanner config get worker.memory_limit
\`\`\`

\`\`\`bash {id=look, kind=check}
tail -n 1 FOLDER/open
\`\`\`

## Immediate mitigation

\`\`\`bash {id=work, kind=change, risk=low}
FOLDER/gated FOLDER/log FOLDER/gate
\`\`\`

## Verification

\`\`\`bash {id=done, kind=assert}
cat FOLDER/log
\`\`\`
`

let folder = ''
let running: Serving[] = []
const openGate = (): void => writeFileSync(join(folder, 'gate'), '')
const log = (): readonly string[] =>
  existsSync(join(folder, 'log'))
    ? readFileSync(join(folder, 'log'), 'utf8').trim().split('\n')
    : []

beforeEach(() => {
  folder = mkdtempSync(join(testbedFolder('runs'), 'data-'))
  mkdirSync(join(folder, 'books'))
  writeFileSync(join(folder, 'gated'), GATED)
  chmodSync(join(folder, 'gated'), 0o755)
  writeFileSync(join(folder, 'open'), 'open\n')
  writeFileSync(join(folder, 'books', 'gated.md'), BOOK.replaceAll('FOLDER', folder))
})
afterEach(async () => {
  // What a killed server has left behind ends with it.
  openGate()
  for (const each of running) await each.kill()
  running = []
  rmSync(folder, { recursive: true, force: true })
})

async function serve(...args: readonly string[]): Promise<Serving> {
  const data = join(folder, 'data')
  const own = ['--no-watch', '--runbooks', join(folder, 'books')]
  const server = await startServing(data, [...own, ...args])
  running.push(server)
  return server
}

async function post(server: Serving, path: string, body: object, token = ''): Promise<Response> {
  const headers = { 'content-type': 'application/json', authorization: `Bearer ${token}` }
  return server.get(`/api/${path}`, { method: 'POST', headers, body: JSON.stringify(body) })
}

async function begin(server: Serving, token = ''): Promise<string> {
  const response = await post(server, 'runs', { runbook: 'gated', by: 'ann' }, token)
  return z.parse(RunTaken, await response.json()).run
}

type Told = z.output<typeof RunAnswer>

async function told(server: Serving, run: string, token = ''): Promise<Told> {
  const headers = { authorization: `Bearer ${token}` }
  return z.parse(RunAnswer, await server.json(`/api/runs/${run}`, { headers }))
}

async function waiting(server: Serving, run: string, token = ''): Promise<Told> {
  return until('the run waits', async () => {
    const found = await told(server, run, token)
    return found.state === 'waits' ? found : null
  })
}

async function over(server: Serving, run: string): Promise<Told> {
  return until('the run ends', async () => {
    const found = await told(server, run)
    return found.state === 'ended' ? found : null
  })
}

/** What another user of this machine is answered. */
async function asNobody(
  server: Serving,
  path: string,
  body: object,
): Promise<{ status: number; text: string }> {
  const { stdout } = await promisify(execFile)('setpriv', [
    ...['--reuid', '65534', '--clear-groups', 'curl', '--silent', '--write-out', '\\n%{http_code}'],
    ...['--json', JSON.stringify(body), `${server.url}api/${path}`],
  ])
  const at = stdout.lastIndexOf('\n')
  return { status: Number(stdout.slice(at)), text: stdout.slice(0, at) }
}

/** A run whose change has begun, and waits for its gate. */
async function inChange(server: Serving): Promise<string> {
  const run = await begin(server)
  const { plan, waits } = await waiting(server, run)
  expect(waits?.step).toBe('work')
  await post(server, `runs/${run}/resume`, { plan, by: 'ann' })
  await until('the change has begun', () => log().length === 1)
  return run
}

it('a server that is killed within a change asks what became of it, and begins it once more only when told to', async () => {
  const first = await serve()
  const run = await inChange(first)
  await first.kill()

  const second = await serve()
  expect(await told(second, run)).toMatchObject({ state: 'stopped', verdict: null })
  await post(second, `runs/${run}/resume`, { by: 'ann' })
  expect((await waiting(second, run)).waits?.why).toContain('still runs')
  await post(second, `runs/${run}/resume`, { outlived: 'kill', by: 'ann' })
  const asks = await until('it asks', async () => {
    const found = await waiting(second, run)
    return found.waits?.why.includes('had begun') === true ? found : null
  })
  expect(asks.waits?.step).toBe('work')
  expect(log()).toEqual(['begun'])

  openGate()
  await post(second, `runs/${run}/resume`, { answers: { work: 'again' }, by: 'bob' })
  const ended = await over(second, run)
  expect(ended).toMatchObject({ verdict: 'resolved' })
  expect(statesOf(ended)).toEqual({ limit: 'ok', look: 'ok', work: 'ok', done: 'ok' })
  expect(log()).toEqual(['begun', 'begun'])

  const report = await runStella(['runbook', 'report', run, '--data', join(folder, 'data')])
  expect(report).toMatchObject({ code: 0, out: expect.stringContaining('bob, over HTTP') })
})

it('a server that is asked to end lets a change come to its end, and others go on behind it', async () => {
  const server = await serve()
  const run = await inChange(server)
  const here = ['--data', join(folder, 'data')]
  const busy = await runStella(['runbook', 'resume', run, ...here])
  expect(busy).toMatchObject({
    code: 3,
    err: expect.stringContaining('another stella works on it'),
  })
  const stopped = server.stop()
  await until('the server takes nothing more', async () => {
    const response = await post(server, 'runs', { runbook: 'gated' }).catch(() => null)
    return response?.status === 503
  })
  openGate()
  expect(await stopped).toBe(0)
  const resumed = await runStella(['runbook', 'resume', run, '--json', ...here])
  expect(z.parse(z.looseObject({}), JSON.parse(resumed.out))).toMatchObject({
    verdict: 'resolved',
    resumed: [{ by: 'ann, over HTTP' }, {}],
  })
  expect(log()).toEqual(['begun'])
})

it('a change that does not end with its server is cut off, told as such, and never begun again by itself', async () => {
  const server = await serve()
  const run = await inChange(server)
  expect(await server.stop()).toBe(0)
  const here = ['--data', join(folder, 'data')]
  const report = await runStella(['runbook', 'report', run, '--json', ...here])
  expect(z.parse(z.looseObject({}), JSON.parse(report.out))).toMatchObject({ verdict: 'failed' })
  expect(log()).toEqual(['begun'])
})

it('what a run starts finds its way into the server that runs it, and no token out of it', async () => {
  const ann = 'a-token-of-ann-alone'
  const eve = 'a-token-of-eve-alone'
  const file = join(folder, 'tokens')
  writeFileSync(file, `${ann} ann platform,web\n${eve} eve web\n`, { mode: 0o600 })
  const server = await serve('--token-file', file)
  writeFileSync(join(folder, 'open'), `${eve}\n`)
  const run = await begin(server, eve)
  const found = await waiting(server, run, eve)
  expect(found.by).toBe('eve')
  expect(found.steps[0]).toMatchObject({
    id: 'limit',
    state: 'ok',
    captures: { limit: expect.stringContaining('4Gi') },
  })
  expect(found.steps[1]?.state).toBe('ok')
  expect(JSON.stringify(found)).not.toContain(eve)
  const { plan } = found
  expect((await post(server, `runs/${run}/resume`, { plan }, eve)).status).toBe(403)
  expect(log()).toEqual([])
  openGate()
  expect((await post(server, `runs/${run}/resume`, { plan }, ann)).status).toBe(200)
  await until('the change was made', () => log().length === 1)
})

it.skipIf(requireParts('root'))(
  'without a token, other users of the machine may look, and change nothing in the name of this one',
  async () => {
    const server = await serve()
    const begun = await asNobody(server, 'runs', { runbook: 'gated', by: 'eve' })
    expect(begun.status).toBe(201)
    const { run } = z.parse(RunTaken, JSON.parse(begun.text))
    const { plan } = await waiting(server, run)
    const answers = { work: 'yes' }
    for (const [call, body] of [
      ['resume', { plan, by: 'ann' }],
      ['resume', { answers, by: 'ann' }],
      ['resume', { answers: { work: 'no' }, by: 'ann' }],
      ['undo', { by: 'ann' }],
      ['stop', { by: 'ann' }],
    ] as const) {
      const refused = await asNobody(server, `runs/${run}/${call}`, body)
      expect(refused).toEqual({
        status: 403,
        text: expect.stringContaining('another user of this machine'),
      })
    }
    expect(await told(server, run)).toMatchObject({ state: 'waits', approvals: [] })
    expect(log()).toEqual([])
    for (const call of ['start', 'check', 'hint', 'solve', 'stop']) {
      expect(await asNobody(server, `labs/units/${call}`, {}), call).toEqual({
        status: 403,
        text: expect.stringContaining('another user of this machine'),
      })
    }
    expect(await server.json('/api/labs/units')).toMatchObject({
      state: 'closed',
      record: { starts: 0 },
    })
  },
)
