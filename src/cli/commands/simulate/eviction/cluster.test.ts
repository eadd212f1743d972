import type { ServerResponse } from 'node:http'
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { answerJson, answerStatus, apiServer } from '../../../../../test/support/api-server.ts'
import type { ApiServer } from '../../../../../test/support/api-server.ts'
import { OBJECTS } from '../../../../../test/support/cluster-objects.ts'
import { stella } from '../../../../../test/support/command-line.ts'
import { podsOfNode } from '../../../../investigate/cluster/node-pods.ts'

/** Of a kubelet that evicts when less than half of its node's memory is available. */
const CONFIGZ: object = JSON.parse(
  readFileSync(
    new URL(
      '../../../../../fixtures/kubernetes/v1.34-cgroup2/throttled/configz.json',
      import.meta.url,
    ),
    'utf8',
  ),
)

const SUMMARY = {
  node: {
    nodeName: 'worker-1',
    memory: { availableBytes: 1024 ** 3, workingSetBytes: 3 * 1024 ** 3 },
  },
  pods: [
    ['web-5d8f-a', 200],
    ['web-5d8f-b', 300],
    ['driver-1', 10],
    ['driver-2', 900],
    ['alone', 20],
  ].map(([name, mebibytes]) => ({
    podRef: { name, namespace: 'shop' },
    containers: [{ name: 'web', memory: { workingSetBytes: Number(mebibytes) * 1024 ** 2 } }],
  })),
}

type Kubelet = (response: ServerResponse, page: string) => void

const kubelet: Kubelet = (response, page) =>
  answerJson(response, 200, page.endsWith('/configz') ? CONFIGZ : SUMMARY)

function cluster(answers: Kubelet, metrics = true): Promise<ApiServer> {
  return apiServer(({ url = '' }, response) => {
    const { pathname, searchParams } = new URL(url, 'http://a')
    const list = (items: readonly object[]): void =>
      answerJson(response, 200, { metadata: {}, items })
    if (pathname === '/api/v1/nodes') list(OBJECTS['/api/v1/nodes'])
    else if (pathname === '/api/v1/nodes/worker-1')
      answerJson(response, 200, OBJECTS['/api/v1/nodes'][0])
    else if (pathname.includes('/proxy/')) answers(response, pathname)
    else if (pathname === '/api/v1/pods') {
      const isHere = searchParams.get('fieldSelector') === 'spec.nodeName=worker-1'
      list(isHere ? OBJECTS['/api/v1/pods'] : [])
    } else if (metrics && pathname === '/apis/metrics.k8s.io/v1beta1/pods') list(OBJECTS[pathname])
    else answerStatus(response, 404, 'the server could not find the requested resource')
  })
}

async function eviction(server: ApiServer, ...args: string[]) {
  const engine = { podsOfNode: (node: string | null) => podsOfNode(server.reader, node) }
  return stella(['simulate', 'eviction', ...args], { engine })
}

const denied = (response: ServerResponse): void =>
  answerStatus(
    response,
    403,
    'nodes is forbidden: User "a" cannot get resource "nodes/proxy" in API group ""',
  )

describe('simulate eviction on a cluster', () => {
  it('ranks the pods of the node by what its kubelet measured', async () => {
    await using server = await cluster(kubelet)
    const { code, out } = await eviction(server, '--node', 'worker-1', '--json')
    expect(code).toBe(0)
    // Above their requests: the drivers, which request nothing, and one web; the largest excess first.
    expect(JSON.parse(out)).toMatchObject({
      order: ['shop/driver-2', 'shop/web-5d8f-b', 'shop/driver-1', 'shop/web-5d8f-a', 'shop/alone'],
      nodeCapacityBytes: 4 * 1024 ** 3,
      signals: [{ name: 'memory.available', capacityBytes: 4 * 1024 ** 3, isMet: true }],
      notes: ['Working sets are those of the kubelet of worker-1, as it evicts by them.'],
    })
  })

  it('tells when the kubelet evicts, and how far the node is from it', async () => {
    await using server = await cluster(kubelet)
    const { out } = await eviction(server, '--node', 'worker-1', '--json')
    expect(JSON.parse(out).signals).toEqual([
      {
        name: 'memory.available',
        kind: 'hard',
        set: '50%',
        grace: null,
        availableBytes: 1024 ** 3,
        workingSetBytes: 3 * 1024 ** 3,
        capacityBytes: 4 * 1024 ** 3,
        thresholdBytes: 2 * 1024 ** 3,
        isMet: true,
      },
    ])
    const said = await eviction(server, '--node', 'worker-1')
    expect(said.out.replace(/\s+/g, ' ')).toContain('The threshold is 2 GiB (50%). ')
    expect(said.out.replace(/\s+/g, ' ')).toContain('So the kubelet evicts now: shop/')
    const given = await eviction(server, '--node', 'worker-1', '--eviction-hard', '100Mi')
    expect(given.out).toContain('So nothing is evicted now.')
  })

  it('takes the metrics API where the kubelet may not be asked, and says so', async () => {
    await using server = await cluster(denied)
    const { code, out } = await eviction(server, '--node', 'worker-1')
    expect(code).toBe(0)
    expect(out).toMatch(/^shop\/driver-1 would be evicted first/)
    expect(out).toContain('Working sets are those of the metrics API, up to a minute old.')
    expect(out.replace(/\s+/g, ' ')).toContain(
      'When the kubelet of worker-1 evicts is not known: a right is missing: get resource "nodes/proxy"',
    )
  })

  it('ends with 4 and the missing right where nothing tells what they use', async () => {
    await using server = await cluster(denied, false)
    const { code, err } = await eviction(server, '--node', 'worker-1')
    expect(code).toBe(4)
    expect(err).toMatch(/nothing says how much memory the pods use \(get resource "nodes\/proxy"/)
  })

  it('wants to know which node, and knows when there is none of that name', async () => {
    await using server = await cluster(kubelet)
    expect(await eviction(server, '--context', 'test')).toMatchObject({
      code: 2,
      err: expect.stringContaining('the cluster has 2 nodes; pressure is of one node'),
    })
    expect(await eviction(server, '--node', 'worker-9')).toMatchObject({
      code: 3,
      err: expect.stringContaining('could not find'),
    })
  })

  it('takes a cluster or files, and not both', async () => {
    const said = await stella(['simulate', 'eviction', '--from', 'a.json', '--context', 'b'])
    expect(said).toMatchObject({ code: 2, err: expect.stringContaining('two things') })
  })
})
