import type { IncomingMessage, ServerResponse } from 'node:http'
import { describe, expect, it } from 'vitest'
import { answerJson, answerStatus, apiServer } from '../../../../test/support/api-server.ts'
import type { ApiServer } from '../../../../test/support/api-server.ts'
import { stella } from '../../../../test/support/command-line.ts'

const NOW = Date.parse('2026-11-20T10:00:00Z')

/** As the API server holds it; made by hand from the API's types. */
function pod(name: string, limit: string, status: object = {}): object {
  const resources = { limits: { memory: limit }, requests: { memory: '32Mi' } }
  return {
    metadata: { namespace: 'shop', name, resourceVersion: '7' },
    spec: { nodeName: 'worker-1', containers: [{ name: 'app', resources }] },
    status: { phase: 'Running', containerStatuses: [{ name: 'app', restartCount: 0, ...status }] },
  }
}

const KILLED = {
  restartCount: 4,
  state: { waiting: { reason: 'CrashLoopBackOff' } },
  lastState: { terminated: { reason: 'OOMKilled', finishedAt: '2026-11-20T09:58:00Z' } },
}
const PODS = [pod('cart-0', '64Mi', KILLED), pod('web-0', '128Mi')]
const usageOf = (name: string, memory: string): object => ({
  metadata: { namespace: 'shop', name },
  timestamp: '2026-11-20T09:59:50Z',
  containers: [{ name: 'app', usage: { memory } }],
})
const USAGES = [usageOf('cart-0', '60Mi'), usageOf('web-0', '64Mi')]

type Answer = (request: IncomingMessage, response: ServerResponse) => void

function cluster(others: Readonly<Record<string, Answer>> = {}): Promise<ApiServer> {
  return apiServer((request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? '', 'http://a')
    const other = others[pathname]
    const list = (items: readonly object[]): void =>
      answerJson(response, 200, { metadata: { resourceVersion: '7' }, items })
    if (other !== undefined) other(request, response)
    // A watch: nothing changes.
    else if (searchParams.has('watch')) response.writeHead(200).flushHeaders()
    else if (pathname.endsWith('/metrics.k8s.io/v1beta1/pods')) list(USAGES)
    else if (pathname === '/api/v1/pods' || pathname === '/api/v1/namespaces/shop/pods') list(PODS)
    else answerStatus(response, 404, 'the server could not find the requested resource')
  })
}

const denied =
  (what: string): Answer =>
  (_, response) =>
    answerStatus(response, 403, `pods is forbidden: User "a" cannot ${what} resource "pods"`)

function top(server: ApiServer, ...args: string[]) {
  const env = { HOME: '/nonexistent', KUBECONFIG: server.reader.env['KUBECONFIG'] ?? '' }
  return stella(['top', '--cluster', ...args], { env, now: NOW })
}

describe('top --cluster', () => {
  it('shows what containers use of their limits, and which are dying, the largest first', async () => {
    await using server = await cluster()
    const { out, code } = await top(server, '--once')
    expect(code).toBe(0)
    const lines = out.split('\n').map((line) => line.replaceAll(/ +/g, ' ').trim())
    expect(lines[2]).toMatch(/^shop\/web-0\/app 64Mi 128Mi 50% 32Mi 0 worker-1$/)
    expect(lines[3]).toMatch(
      /^shop\/cart-0\/app 60Mi 64Mi 94% 32Mi 4 \w+ worker-1 CrashLoopBackOff$/,
    )
    expect(server.asked.every((call) => /limit=|watch=/.test(call))).toBe(true)
  })

  it('sorts by the share of the limit, and as JSON', async () => {
    await using server = await cluster()
    const { out } = await top(server, '--sort', 'percent', '--json')
    const { schema, containers } = JSON.parse(out)
    expect(schema).toBe('stella.top-cluster/1')
    expect(containers[0]).toMatchObject({
      namespace: 'shop',
      pod: 'cart-0',
      usageBytes: 60 * 1024 * 1024,
      limitBytes: 64 * 1024 * 1024,
      restarts: 4,
      killedAt: '2026-11-20T09:58:00.000Z',
    })
  })

  it('goes on without a metrics API, and says what is not known', async () => {
    await using server = await cluster({
      '/apis/metrics.k8s.io/v1beta1/pods': (_, response) => answerStatus(response, 404, 'no'),
    })
    const { out, code } = await top(server, '--once')
    expect(code).toBe(0)
    expect(out).toContain('! what pods use is not known: the cluster has no metrics API')
    expect(out).toContain('shop/cart-0/app')
  })

  it('shows the namespace of the context to whom may not see the cluster', async () => {
    await using server = await cluster({ '/api/v1/pods': denied('list') })
    const { out } = await top(server, '--once')
    expect(out).toContain('of namespace shop')
    expect(out).toContain('a right is missing: list resource "pods"')
  })

  it('names the right that is missing where nothing may be seen', async () => {
    await using server = await cluster({
      '/api/v1/pods': denied('list'),
      '/api/v1/namespaces/shop/pods': denied('list'),
    })
    const { err, code } = await top(server, '--once')
    expect(code).toBe(3)
    expect(err).toContain('a right is missing: list resource "pods"')
  })

  it('refuses to sort by what an API server does not tell', async () => {
    await using server = await cluster()
    const { err, code } = await top(server, '--sort', 'pressure')
    expect(code).toBe(2)
    expect(err).toContain('sort by usage, percent or name')
    expect(server.asked).toEqual([])
  })
})
