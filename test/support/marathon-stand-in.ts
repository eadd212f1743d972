import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { ServerResponse } from 'node:http'
import { portOf } from './port-of.ts'

/**
 * A stand-in for Marathon and for the master and an agent of Mesos, for no DC/OS cluster can be had here: it answers as the API
 * of Marathon (https://mesosphere.github.io/marathon/api-console/index.html) and the sources of Mesos say. What it answers
 * beside the app is made by hand, see fixtures/mesos. A deployment lasts until it was listed `looks` times.
 */
export interface MarathonStandIn extends AsyncDisposable {
  url: string
  app: { id: string; mem: number; version: string; [field: string]: unknown }
  /** Method and path of each request, with the body of those that have one. */
  asked: string[]
  /** What stands in the Authorization header of the last request. */
  authorization: string | null
  /** How often a deployment is listed before it has ended; Infinity: it never ends by itself. */
  looks: number
  /** Each look, one task of the new version fails. */
  tasksFail: boolean
  /** Another deployment that holds the app. */
  lockedBy: string | null
  /** Answers by their path, instead of those of the fixtures. */
  answers: Map<string, unknown>
  /** Files of every sandbox, by their name, instead of those of the fixtures. */
  sandbox: Map<string, string>
  /** What goes wrong with the paths that match. */
  faults: { path: RegExp; fault: Fault }[]
}

export type Fault =
  | { status: number }
  /** Leads there. */
  | { location: string }
  /** Never answers; ends in the middle; says other things than JSON; never ends. */
  | 'hang'
  | 'cut'
  | 'garbage'
  | 'endless'

export async function marathonStandIn(app: MarathonStandIn['app']): Promise<MarathonStandIn> {
  let deployment: { id: string; looks: number; before: MarathonStandIn['app'] } | null = null
  let changes = 0
  let tasks = 0
  const change = (fields: object): { version: string; deploymentId: string } => {
    changes++
    const version = `2026-01-01T00:00:0${changes}.000Z`
    deployment = { id: `deployment-${changes}`, looks: 0, before: fake.app }
    fake.app = { ...fake.app, ...fields, version }
    return { version, deploymentId: deployment.id }
  }
  const answer = (method: string, url: URL, body: string): [number, unknown] => {
    const path = pathOf(url)
    const known = fake.answers.get(path)
    if (known !== undefined && method === 'GET') return [200, known]
    if (path === `/v2/apps${app.id}` && method === 'GET') {
      const failure = {
        taskId: `task-${tasks++}`,
        message: 'out of luck',
        version: fake.app.version,
      }
      return [200, { app: fake.tasksFail ? { ...fake.app, lastTaskFailure: failure } : fake.app }]
    }
    if (path === `/v2/apps${app.id}` && method === 'PUT') {
      if (fake.lockedBy !== null) {
        return [
          409,
          {
            message: 'App is locked by one or more deployments.',
            deployments: [{ id: fake.lockedBy }],
          },
        ]
      }
      return [200, change(JSON.parse(body))]
    }
    if (path === '/v2/deployments') {
      if (deployment !== null && deployment.looks++ >= fake.looks) deployment = null
      return [200, deployment === null ? [] : [{ id: deployment.id, affectedApps: [app.id] }]]
    }
    if (method === 'DELETE' && deployment !== null && path === `/v2/deployments/${deployment.id}`) {
      fake.looks = 1
      const { mem, env, resourceLimits } = deployment.before
      return [200, change({ mem, env, resourceLimits })]
    }
    if (path === '/v2/info') return [200, { ...INFO, ...leaderAt(fake.url) }]
    if (path === '/files/read') return pieceOf(url.searchParams, fake.sandbox)
    const fixture = FIXTURES[path]
    return fixture === undefined
      ? [404, { message: `no ${path}` }]
      : [200, JSON.parse(clusterFixture(fixture))]
  }
  const server = createServer((request, response) => {
    let body = ''
    request.on('data', (chunk: Buffer) => (body += chunk.toString()))
    request.on('end', () => {
      const { method = '', url = '' } = request
      fake.asked.push(`${method} ${url}${body === '' ? '' : ` ${body}`}`)
      fake.authorization = request.headers.authorization ?? null
      const fault = fake.faults.find(({ path }) => path.test(url))?.fault
      if (fault !== undefined) return fail(response, fault)
      const [status, json] = answer(method, new URL(url, fake.url), body)
      response.writeHead(status, { 'content-type': 'application/json' })
      response.end(JSON.stringify(json))
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const fake: MarathonStandIn = {
    url: `http://127.0.0.1:${portOf(server.address())}`,
    app,
    asked: [],
    authorization: null,
    looks: 1,
    tasksFail: false,
    lockedBy: null,
    answers: new Map(),
    sandbox: new Map(),
    faults: [],
    [Symbol.asyncDispose]: () =>
      new Promise((resolve) => {
        server.closeAllConnections()
        server.close(() => resolve())
      }),
  }
  return fake
}

/** Of an app that dies of its limit again and again, on a cluster where another one lives: fixtures/mesos/cluster. */
export function clusterFixture(name: string): string {
  return readFileSync(new URL(`../../fixtures/mesos/cluster/${name}`, import.meta.url), 'utf8')
}

export function appFixture(name: 'app-oom' | 'web'): MarathonStandIn['app'] {
  return JSON.parse(clusterFixture(`${name}.json`)).app
}

const INFO = JSON.parse(clusterFixture('info.json'))

function leaderAt(url: string): object {
  return { marathon_config: { mesos_leader_ui_url: `${url}/mesos/` } }
}

const FIXTURES: Readonly<Record<string, string>> = {
  '/v2/queue': 'queue.json',
  '/tasks': 'tasks.json',
  '/state': 'state.json',
  '/containers': 'containers.json',
}

/** As the Admin Router of DC/OS leads to them. */
function pathOf({ pathname }: URL): string {
  return pathname.replace(/^\/(?:service\/marathon|mesos|agent\/[^/]+)(?=\/)/, '')
}

/** As an agent does (src/files/files.cpp): -1 asks for the size alone. */
function pieceOf(query: URLSearchParams, files: ReadonlyMap<string, string>): [number, unknown] {
  const name = query.get('path')?.split('/').at(-1) ?? ''
  if (!['stdout', 'stderr'].includes(name)) return [404, {}]
  const text = files.get(name) ?? clusterFixture(name)
  const offset = Number(query.get('offset'))
  if (offset === -1) return [200, { offset: text.length, data: '' }]
  return [200, { offset, data: text.slice(offset, offset + Number(query.get('length'))) }]
}

function fail(response: ServerResponse, fault: Fault): void {
  if (typeof fault === 'object' && 'status' in fault) {
    response.writeHead(fault.status).end('{"message":"no"}')
  } else if (typeof fault === 'object') {
    response.writeHead(307, { location: fault.location }).end()
  } else if (fault === 'cut') {
    response.writeHead(200, { 'content-length': '1000' })
    response.write('{"app":')
    setImmediate(() => response.destroy())
  } else if (fault === 'garbage') {
    response.end('<html>It works</html>')
  } else if (fault === 'endless') {
    const more = (): void => {
      while (!response.destroyed && response.write(' '.repeat(64 * 1024)));
      response.once('drain', more)
    }
    more()
  }
}
