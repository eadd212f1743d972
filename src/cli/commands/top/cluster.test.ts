import { readFileSync } from 'node:fs'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { REPO } from '../../../../scripts/lib/repo.ts'
import { answerJson, answerStatus, apiServer } from '../../../../test/support/api-server.ts'
import type { ApiServer } from '../../../../test/support/api-server.ts'
import { openClusterWatcher } from '../../../watch/cluster/cluster-watcher.ts'
import { stella } from '../../../../test/support/command-line.ts'

const NOW = Date.parse('2026-11-20T10:00:00Z')

/** As the API server holds it; made by hand from the API's types. */
function pod(name: string, limit: string, status: object = {}, nodeName = 'worker-1'): object {
  const resources = { limits: { memory: limit }, requests: { memory: '32Mi' } }
  return {
    metadata: { namespace: 'shop', name, resourceVersion: '7' },
    spec: { nodeName, containers: [{ name: 'app', resources }] },
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
const MIB = 1024 * 1024
const METRICS = '/apis/metrics.k8s.io/v1beta1/pods'
const summaryPath = (node: string): string => `/api/v1/nodes/${node}/proxy/stats/summary`
const missing: Answer = (_, response) =>
  answerStatus(response, 404, 'the server could not find the requested resource')
/** What a kubelet tells of one pod. */
const summary =
  (name: string, workingSetBytes: number): Answer =>
  (_, response) =>
    answerJson(response, 200, {
      pods: [
        {
          podRef: { name, namespace: 'shop' },
          containers: [{ name: 'app', memory: { workingSetBytes } }],
        },
      ],
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
    else if (/\/metrics\.k8s\.io\/v1beta1\/(?:namespaces\/shop\/)?pods$/.test(pathname))
      list(USAGES)
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
    expect(lines[1]).toBe('usage from the metrics API (metrics-server)')
    expect(lines[3]).toMatch(/^shop\/web-0\/app 64Mi 128Mi 50% 32Mi 0 worker-1$/)
    expect(lines[4]).toMatch(
      /^shop\/cart-0\/app 60Mi 64Mi 94% 32Mi 4 \w+ worker-1 CrashLoopBackOff$/,
    )
    expect(server.asked.every((call) => /limit=|watch=/.test(call))).toBe(true)
  })

  it('shows one namespace alone where that is wanted, and asks for no other', async () => {
    await using server = await cluster({ '/api/v1/pods': denied('list') })
    const { out, code } = await top(server, '--namespace', 'shop', '--once')
    expect(code).toBe(0)
    expect(out).toContain('namespace shop')
    expect(out).toContain('shop/web-0/app')
    expect(out).not.toContain('a right is missing')
    expect(server.asked.every((call) => call.includes('/namespaces/shop/'))).toBe(true)
    const wrong = await top(server, '--namespace', '../nodes', '--once')
    expect([wrong.code, wrong.err]).toEqual([
      2,
      expect.stringContaining("'../nodes' is no name of a namespace"),
    ])
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

  it('asks the kubelets where there is no metrics API, each once, and says so', async () => {
    await using server = await cluster({
      '/api/v1/pods': (_, response) =>
        answerJson(response, 200, {
          metadata: { resourceVersion: '7' },
          items: [...PODS, pod('api-0', '64Mi', {}, 'worker-2')],
        }),
      [METRICS]: missing,
      [summaryPath('worker-1')]: summary('web-0', 64 * MIB),
      [summaryPath('worker-2')]: summary('api-0', 16 * MIB),
    })
    const { out, code } = await top(server, '--once')
    expect(code).toBe(0)
    expect(out).toContain(
      'usage from stats/summary of 2 kubelets: the cluster has no metrics API (metrics-server)\n',
    )
    expect(out).toMatch(/shop\/web-0\/app +64Mi +128Mi +50%/)
    expect(out).toMatch(/shop\/api-0\/app +16Mi +64Mi +25%/)
    expect(server.asked.filter((call) => call.includes('/proxy/'))).toHaveLength(2)
    const { usage } = JSON.parse((await top(server, '--json')).out)
    expect(usage.from).toBe('stats/summary')
  })

  it('shows the same, as near as two moments are, whoever tells it: recorded from metrics-server and a kubelet', async () => {
    const recorded = (name: string): object =>
      JSON.parse(readFileSync(join(REPO, 'fixtures/kubernetes/metrics-server-0.9', name), 'utf8'))
    const answering =
      (name: string): Answer =>
      (_, response) =>
        answerJson(response, 200, recorded(name))
    const others = {
      '/api/v1/pods': answering('pods.json'),
      [summaryPath('node-1')]: answering('summary.json'),
    }
    const usages = async (metrics: Answer): Promise<unknown[]> => {
      await using server = await cluster({ ...others, [METRICS]: metrics })
      const { usage, containers } = JSON.parse((await top(server, '--json', '--sort', 'name')).out)
      return [
        usage.from,
        ...containers.map((one: { pod: string; container: string; usageBytes: number }) => [
          `${one.pod}/${one.container}`,
          Math.round(one.usageBytes / MIB),
        ]),
      ]
    }
    // What the program takes for itself comes to a quarter of a MiB.
    const all = [
      ['batch/app', 40],
      ['web/app', 24],
      ['web/side', 8],
    ]
    expect(await usages(answering('pod-metrics.json'))).toEqual(['metrics-server', ...all])
    expect(await usages(missing)).toEqual(['stats/summary', ...all])
  })

  it('goes on where nobody may tell what pods use: it names the right, and asks no kubelet again', async () => {
    const items = Array.from({ length: 20 }, (_, nth) => pod(`p-${nth}`, '64Mi', {}, `w-${nth}`))
    await using server = await apiServer((request, response) => {
      const { pathname, searchParams } = new URL(request.url ?? '', 'http://a')
      if (searchParams.has('watch')) response.writeHead(200).flushHeaders()
      else if (pathname === '/api/v1/pods')
        answerJson(response, 200, { metadata: { resourceVersion: '7' }, items })
      else if (pathname.includes('/proxy/'))
        answerStatus(
          response,
          403,
          'nodes "w-0" is forbidden: User "a" cannot get resource "nodes/proxy" in API group "" at the cluster scope',
        )
      else missing(request, response)
    })
    const { out, code } = await top(server, '--once')
    expect(code).toBe(0)
    expect(out).toContain(
      '! what pods use is not known: the cluster has no metrics API (metrics-server), and the kubelet of w-0 does not tell it: a right is missing: get resource "nodes/proxy" in API group "" at the cluster scope; ask for that right, or install metrics-server\n',
    )
    expect(out).toContain('shop/p-19/app')
    expect(out).not.toContain('usage from')
    expect(server.asked.filter((call) => call.includes('/proxy/'))).toHaveLength(1)
  })

  it('asks no more than 200 kubelets, eight at a time, and names those that do not answer', async () => {
    const items = Array.from({ length: 250 }, (_, nth) => pod(`p-${nth}`, '64Mi', {}, `w-${nth}`))
    let now = 0
    let most = 0
    await using server = await apiServer((request, response) => {
      const { pathname, searchParams } = new URL(request.url ?? '', 'http://a')
      const [, nth] = /\/nodes\/w-(\d+)\/proxy\//.exec(pathname) ?? []
      if (searchParams.has('watch')) response.writeHead(200).flushHeaders()
      else if (pathname === '/api/v1/pods')
        answerJson(response, 200, { metadata: { resourceVersion: '7' }, items })
      else if (nth === undefined) missing(request, response)
      else {
        most = Math.max(most, ++now)
        setTimeout(() => {
          now--
          if (Number(nth) % 40 === 7) answerStatus(response, 502, 'dial tcp: connection refused')
          else summary(`p-${nth}`, 32 * MIB)(request, response)
        }, 2)
      }
    })
    const { out, code } = await top(server, '--once')
    expect(code).toBe(0)
    expect(out).toContain('usage from stats/summary of 195 kubelets')
    expect(out.match(/ 32Mi +64Mi +50%/g)).toHaveLength(195)
    expect(out).toContain('! what the pods of w-7 use is not known: dial tcp: connection refused\n')
    expect(out).toContain('! what the pods of 2 more nodes use is not known\n')
    expect(out).toContain('! of 250 nodes 200 were asked what their pods use')
    expect(server.asked.filter((call) => call.includes('/proxy/'))).toHaveLength(200)
    expect(most).toBe(8)
  })

  it('asks kubelets every 15 seconds at most, however often it looks', async () => {
    let now = NOW
    await using server = await cluster({
      [METRICS]: missing,
      [summaryPath('worker-1')]: summary('web-0', 64 * MIB),
    })
    const watcher = await openClusterWatcher({ ...server.reader, now: () => now })
    const asked = async (at: number): Promise<number> => {
      now = at
      const { rows } = await watcher.round()
      expect(rows.map(({ usageBytes }) => usageBytes)).toContain(64 * MIB)
      return server.asked.filter((call) => call.includes('/proxy/')).length
    }
    try {
      expect(await asked(NOW)).toBe(1)
      expect(await asked(NOW + 14_000)).toBe(1)
      expect(await asked(NOW + 15_000)).toBe(2)
    } finally {
      watcher.close()
    }
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
