import { createServer } from 'node:http'
import { portOf } from './port-of.ts'

/**
 * A stand-in for Marathon, for no DC/OS cluster can be had here: it answers as its documentation says
 * (https://mesosphere.github.io/marathon/api-console/index.html). A deployment lasts until it was listed `looks` times.
 */
export interface FakeMarathon extends AsyncDisposable {
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
}

export async function fakeMarathon(app: FakeMarathon['app']): Promise<FakeMarathon> {
  let deployment: { id: string; looks: number; before: number } | null = null
  let changes = 0
  let tasks = 0
  const change = (mem: number): { version: string; deploymentId: string } => {
    changes++
    const version = `2026-01-01T00:00:0${changes}.000Z`
    deployment = { id: `deployment-${changes}`, looks: 0, before: fake.app.mem }
    fake.app = { ...fake.app, mem, version }
    return { version, deploymentId: deployment.id }
  }
  const answer = (method: string, path: string, body: string): [number, unknown] => {
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
      return [200, change(JSON.parse(body).mem)]
    }
    if (path === '/v2/deployments') {
      if (deployment !== null && deployment.looks++ >= fake.looks) deployment = null
      return [200, deployment === null ? [] : [{ id: deployment.id, affectedApps: [app.id] }]]
    }
    if (method === 'DELETE' && deployment !== null && path === `/v2/deployments/${deployment.id}`) {
      fake.looks = 1
      return [200, change(deployment.before)]
    }
    return [404, { message: `no ${path}` }]
  }
  const server = createServer((request, response) => {
    let body = ''
    request.on('data', (chunk: Buffer) => (body += chunk.toString()))
    request.on('end', () => {
      const { method = '', url = '' } = request
      fake.asked.push(`${method} ${url}${body === '' ? '' : ` ${body}`}`)
      fake.authorization = request.headers.authorization ?? null
      const [status, json] = answer(method, url, body)
      response.writeHead(status, { 'content-type': 'application/json' })
      response.end(JSON.stringify(json))
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const fake: FakeMarathon = {
    url: `http://127.0.0.1:${portOf(server.address())}`,
    app,
    asked: [],
    authorization: null,
    looks: 1,
    tasksFail: false,
    lockedBy: null,
    [Symbol.asyncDispose]: () =>
      new Promise((resolve) => {
        server.closeAllConnections()
        server.close(() => resolve())
      }),
  }
  return fake
}
