/** A server over the runs of a workplace, asked as a page asks it. */
import { afterAll, afterEach, beforeAll, beforeEach, expect } from 'vitest'
import * as z from 'zod/mini'
import { openRunbooks } from '../../src/app/runbooks/runbook-desk.ts'
import type { Runbooks } from '../../src/app/runbooks/runbook-desk.ts'
import { createLiveView } from '../../src/app/serve/live.ts'
import type { ToldRun } from '../../src/runbooks/report/told-run.ts'
import type { Access } from '../../src/server/guard.ts'
import { workplace } from './runs.ts'
import type { Workplace } from './runs.ts'
import { startScanner } from './scanner.ts'
import type { TestScanner } from './scanner.ts'
import { until } from './testbed.ts'

/** A person is asked, it looks, changes, and verifies. */
export const BOOK = `---
schema: 1
id: value
title: A value is wrong
owner: platform
alerts: [ValueIsWrong]
params:
  word: { type: name, asks: what it shall be, default: new }
---

# A value is wrong

## Quick checks

Ask around.

\`\`\`bash {id=ask-around, kind=manual}
call the owner
\`\`\`

What is it?

\`\`\`bash {id=look, kind=check, capture="value:text", problemIf="value != new"}
cat FILE
\`\`\`

## Immediate mitigation

Set it.

\`\`\`bash {id=set, kind=change, risk=medium, when="look.problem", undo="SET FILE \${value}"}
SET FILE "\${word}"
\`\`\`

## Verification

\`\`\`bash {id=is-new, kind=assert, expect="match(/^new$/)"}
cat FILE
\`\`\`
`
/** One that looks for a minute. */
export const HANGS = BOOK.replace('id: value', 'id: hangs').replace('cat FILE', 'sleep 60')

interface Answered {
  status: number
  body: Readonly<Record<string, unknown>>
}

export interface RunServer {
  url: string
  ask(path: string, token?: string): Promise<Answered>
  post(path: string, body?: object, token?: string): Promise<Answered>
  /** Begins a run of `value`, unless another is named; gives its id. */
  begin(body?: object, token?: string): Promise<string>
  /** The run, once nobody works on it any more. */
  rested(run: string): Promise<ToldRun>
  runbooks: Runbooks
  /** The server ends, as far as its runs are concerned. */
  close(): Promise<void>
}

/** What each test of a file has for itself. */
export interface RunPlace {
  place: Workplace
  server: RunServer
  /** One more server over the same runs; it ends with the test. */
  serve(access?: Access): Promise<RunServer>
}

/** One database for the file, and for each test a folder with this runbook and a server over it. */
export function eachWithRunServer(book: string): () => RunPlace {
  let scanner: TestScanner
  let own: RunPlace
  let servers: RunServer[] = []
  beforeAll(async () => {
    scanner = await startScanner()
  }, 60_000)
  afterAll(() => scanner.end())
  beforeEach(async () => {
    const place = workplace()
    place.write(book)
    const serve: RunPlace['serve'] = async (access) => {
      const server = await serveRuns(scanner, place, access)
      servers.push(server)
      return server
    }
    own = { place, server: await serve(), serve }
  })
  afterEach(async () => {
    for (const server of servers) await server.close()
    servers = []
    own.place.remove()
  })
  return () => own
}

/** Its shelf is what stands in the folder of the workplace, and what comes along. */
async function serveRuns(
  scanner: TestScanner,
  place: Workplace,
  access: Access = { kind: 'loopback' },
): Promise<RunServer> {
  const live = createLiveView({ id: 'a1', name: 'one' })
  const runbooks = openRunbooks({
    dataFolder: place.data,
    folder: place.folder,
    now: () => Date.now(),
    env: process.env,
    secrets: access.kind === 'token' ? access.tokens.map(({ token }) => token) : [],
    onEvent: (run, event) => live.takeRun(run, 'step' in event ? event.step : null),
    onSays: (says) => {
      throw new Error(says)
    },
  })
  const url = await scanner.serve({ access, runbooks, live })
  const call = async (path: string, init: RequestInit): Promise<Answered> => {
    const response = await fetch(`${url}api/${path}`, init)
    return { status: response.status, body: z.looseObject({}).parse(await response.json()) }
  }
  const post: RunServer['post'] = (path, body = {}, token = '') => {
    const headers = { 'content-type': 'application/json', authorization: `Bearer ${token}` }
    return call(path, { method: 'POST', headers, body: JSON.stringify(body) })
  }
  return {
    url,
    runbooks,
    ask: (path, token = '') => call(path, { headers: { authorization: `Bearer ${token}` } }),
    post,
    async begin(body = {}, token = '') {
      const { status, body: taken } = await post('runs', { runbook: 'value', ...body }, token)
      expect({ status, taken }).toMatchObject({ status: 201, taken: { run: expect.any(String) } })
      return String(taken['run'])
    },
    async rested(run) {
      await until(`${run} rests`, () => runbooks.desk.run(run)?.state !== 'running')
      return place.told(run)
    },
    close: () => runbooks.service.close(),
  }
}
