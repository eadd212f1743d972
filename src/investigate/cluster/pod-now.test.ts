import { readFileSync } from 'node:fs'
import type { ServerResponse } from 'node:http'
import { describe, expect, it } from 'vitest'
import { answerJson, answerStatus, apiServer } from '../../../test/support/api-server.ts'
import type { ApiServer } from '../../../test/support/api-server.ts'
import { stella } from '../../../test/support/command-line.ts'
import { MIB } from '../../model/bytes.ts'
import type { Reader } from '../../sources/reader.ts'
import { billFrom } from '../bill.ts'
import { collectBill } from '../collect-bill.ts'
import { collectSizing } from '../collect-sizing.ts'

/** Recorded from a kubelet 1.34 with cgroup v1: `web` has two containers, `cache` holds 40 MiB of page cache. */
const recorded = (name: string): string =>
  readFileSync(
    new URL(`../../../fixtures/kubernetes/kubelet-1.34/${name}`, import.meta.url),
    'utf8',
  )

type Page = (response: ServerResponse) => void

const text =
  (name: string): Page =>
  (response) =>
    response.end(recorded(name))
const denied: Page = (response) =>
  answerStatus(
    response,
    403,
    'nodes "node-1" is forbidden: User "a" cannot get resource "nodes/proxy" in API group ""',
  )
const missing: Page = (response) => answerStatus(response, 404, 'the server could not find it')

interface Pages {
  cadvisor?: Page
  summary?: Page
  metrics?: Page
  pod?: Page
}

function cluster({
  cadvisor = denied,
  summary = denied,
  metrics = missing,
  pod,
}: Pages): Promise<ApiServer> {
  return apiServer(({ url = '' }, response) => {
    const [path = ''] = url.split('?')
    const name = /^\/api\/v1\/namespaces\/default\/pods\/(web|cache)$/.exec(path)?.[1]
    if (name !== undefined) (pod ?? text(`pod-${name}.json`))(response)
    else if (path.endsWith('/proxy/metrics/cadvisor')) cadvisor(response)
    else if (path.endsWith('/proxy/stats/summary')) summary(response)
    else if (path.startsWith('/apis/metrics.k8s.io/')) metrics(response)
    else missing(response)
  })
}

/** A machine that is no node of it. */
const elsewhere = (server: ApiServer): Reader => ({ ...server.reader, root: '/nonexistent' })

function run(server: ApiServer, ...args: string[]) {
  const reader = elsewhere(server)
  const engine = {
    collectBill: (...[target, options]: Parameters<typeof collectBill>) =>
      collectBill(target, { ...options, reader }),
    bill: billFrom,
    collectSizing: (...[target]: Parameters<typeof collectSizing>) =>
      collectSizing(target, { reader }),
  }
  return stella([...args, '--json'], { engine, now: Date.parse('2026-11-22T19:45:00Z') })
}

describe('the bill of a pod on another node', () => {
  it('is written from what cAdvisor tells, and adds up to the charge', async () => {
    await using server = await cluster({ cadvisor: text('cadvisor.txt') })
    const { code, out } = await run(server, 'bill', 'k8s:default/cache/app')
    expect(code).toBe(0)
    const bill = JSON.parse(out)
    expect(bill).toMatchObject({
      subject: { platform: 'kubernetes', name: 'default/cache/app' },
      limitBytes: 128 * MIB,
      chargeBytes: 43_372_544,
      items: [
        { name: 'anonymous', bytes: 57_344 },
        { name: 'page cache, active, with tmpfs', bytes: 41_975_808 },
        { name: 'kernel memory', bytes: 1_339_392 },
      ],
      unattributedBytes: 0,
    })
    const tools: { tool: string; bytes: number }[] = bill.tools
    // Active page cache counts: that is why kubectl top shows 40 MiB for a program that holds nothing.
    expect(tools.find(({ tool }) => tool.startsWith('kubectl top'))?.bytes).toBe(43_372_544)
    expect(tools.find(({ tool }) => tool === 'container_memory_rss')?.bytes).toBe(57_344)
  })

  it('of the pod as a whole is that of its group, the sandbox in it', async () => {
    await using server = await cluster({ cadvisor: text('cadvisor.txt') })
    const { out } = await run(server, 'bill', 'k8s:default/web')
    const bill = JSON.parse(out)
    expect(bill.path).toMatch(/\/pod[0-9a-f-]{36}$/)
    const sum = bill.items.reduce((all: number, { bytes }: { bytes: number }) => all + bytes, 0)
    expect(sum + bill.unattributedBytes).toBe(bill.chargeBytes)
    expect(bill.limitBytes).toBe((128 + 64) * MIB)
  })

  it('says less where only the summary may be read, and which right would tell more', async () => {
    await using server = await cluster({ summary: text('summary.json') })
    const { code, out } = await run(server, 'bill', 'k8s:default/web/app')
    expect(code).toBe(0)
    const bill = JSON.parse(out)
    expect(bill.items.map(({ name }: { name: string }) => name)).toEqual(['anonymous'])
    expect(bill.unattributedBytes).toBeGreaterThan(0)
    expect(bill.unknown.join('\n')).toMatch(
      /metrics\/cadvisor may not be read: a right is missing: get resource "nodes\/proxy"/,
    )
  })

  it('names the containers that there are', async () => {
    await using server = await cluster({ cadvisor: text('cadvisor.txt') })
    expect(await run(server, 'bill', 'k8s:default/web/db')).toMatchObject({
      code: 2,
      err: expect.stringContaining('the pod has no container db; name one of app, side'),
    })
    expect(await run(server, 'bill', 'k8s:default/none')).toMatchObject({
      code: 3,
      err: expect.stringContaining('there is no pod none in default'),
    })
  })
})

describe('the size of a container of a pod', () => {
  it('rests on what its kubelet tells, and says that it is one moment', async () => {
    await using server = await cluster({ cadvisor: text('cadvisor.txt') })
    const { code, out } = await run(server, 'size', 'k8s:default/web/app')
    expect(code).toBe(0)
    const size = JSON.parse(out)
    expect(size.limitBytes).toBeGreaterThanOrEqual(64 * MIB)
    expect(JSON.stringify(size)).toContain('metrics/cadvisor of node node-1 tells one moment')
  })

  it('says that metrics-server tells a working set of one moment, and makes no limit of it', async () => {
    await using server = await cluster({
      pod: text('../metrics-server-0.9/pod.json'),
      metrics: text('../metrics-server-0.9/one-pod-metrics.json'),
    })
    const { code, out } = await run(server, 'size', 'k8s:default/web/app')
    // One moment is too little for a limit.
    expect(code).toBe(4)
    expect(out).toContain('metrics-server tells the working set of one moment, up to a minute old')
  })

  it('respects a kill that the status still tells, with nobody to ask for usage', async () => {
    const end = {
      reason: 'OOMKilled',
      startedAt: '2026-11-22T19:00:00Z',
      finishedAt: '2026-11-22T19:40:00Z',
    }
    const pod: Page = (response) =>
      answerJson(response, 200, {
        metadata: { name: 'web', namespace: 'default' },
        spec: {
          nodeName: 'node-1',
          containers: [{ name: 'app', resources: { limits: { memory: '512Mi' } } }],
        },
        status: { containerStatuses: [{ name: 'app', lastState: { terminated: end } }] },
      })
    await using server = await cluster({ pod })
    const { out } = await run(server, 'size', 'k8s:default/web')
    expect(JSON.parse(out).limitBytes).toBeGreaterThan(512 * MIB)
  })

  it.each([
    ['twice its own, not that of the other container', {}, 512 * MIB],
    ['what holds the heap that it was told to fill', { args: ['java', '-Xmx700m'] }, 1_008 * MIB],
  ])('is known of an init container that was killed, too: %s', async (_, program, wanted) => {
    const end = {
      reason: 'OOMKilled',
      startedAt: '2026-11-22T19:39:59Z',
      finishedAt: '2026-11-22T19:40:00Z',
    }
    const container = (name: string, memory: string): object => ({
      name,
      resources: { limits: { memory } },
    })
    const pod: Page = (response) =>
      answerJson(response, 200, {
        metadata: { name: 'web', namespace: 'default' },
        spec: {
          nodeName: 'node-1',
          initContainers: [{ ...container('migrate', '256Mi'), ...program }],
          containers: [container('app', '512Mi')],
        },
        status: {
          initContainerStatuses: [{ name: 'migrate', state: { terminated: end } }],
          containerStatuses: [{ name: 'app', state: { waiting: { reason: 'PodInitializing' } } }],
        },
      })
    await using server = await cluster({ pod })
    const { code, out } = await run(server, 'size', 'k8s:default/web/migrate')
    expect(code).toBe(0)
    const { subject, limitBytes } = JSON.parse(out)
    expect(subject.name).toBe('default/web/migrate')
    expect(limitBytes).toBe(wanted)
  })

  it('asks which container is meant, and ends with 4 where nobody tells anything', async () => {
    await using server = await cluster({})
    expect(await run(server, 'size', 'k8s:default/web')).toMatchObject({
      code: 2,
      err: expect.stringContaining('name one of app, side'),
    })
    expect(await run(server, 'size', 'k8s:default/web/app')).toMatchObject({
      code: 4,
      err: expect.stringContaining('get nodes/proxy'),
    })
  })
})
