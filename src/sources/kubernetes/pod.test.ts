import { readFileSync } from 'node:fs'
import type { ServerResponse } from 'node:http'
import { expect, it } from 'vitest'
import { answerJson, answerStatus, apiServer } from '../../../test/support/api-server.ts'
import type { ApiServer } from '../../../test/support/api-server.ts'
import { kubernetesApi } from './index.ts'
import { readPod } from './pod.ts'
import type { PodRead } from './pod.ts'

const MINUTE_MS = 60_000
const SCENE = new URL('../../../fixtures/kubernetes/v1.34-cgroup2/throttled/', import.meta.url)

function recorded(file: string): object {
  return JSON.parse(readFileSync(new URL(file, SCENE), 'utf8'))
}

/**
 * The API server of a recorded scene; its kubelet answers as told.
 * @param aheadMs how far its clock is ahead of this machine's, milliseconds
 */
function cluster(configz: (response: ServerResponse) => void, aheadMs = 0): Promise<ApiServer> {
  return apiServer(({ url = '' }, response) => {
    response.setHeader('date', new Date(Date.now() + aheadMs).toUTCString())
    const { pathname } = new URL(url, 'http://a')
    if (pathname === '/api/v1/namespaces/throttled/pods/web') {
      answerJson(response, 200, recorded('pod.json'))
    } else if (pathname === '/api/v1/nodes/node-v2')
      answerJson(response, 200, recorded('node.json'))
    else if (pathname === '/api/v1/nodes/node-v2/proxy/configz') configz(response)
    else if (pathname.endsWith('/events')) answerJson(response, 200, { items: [] })
    else answerStatus(response, 404, 'the server could not find the requested resource')
  })
}

async function read(server: ApiServer): Promise<PodRead> {
  const asking = { presentOnly: false, signal: AbortSignal.timeout(10_000), readAt: 0 }
  return readPod(await kubernetesApi(server.reader), { namespace: 'throttled', pod: 'web' }, asking)
}

it('tells how the kubelet of its node is set up, and how much swap the node has', async () => {
  await using server = await cluster((response) =>
    answerJson(response, 200, recorded('configz.json')),
  )
  const { observations, unknown } = await read(server)
  const facts = observations.map(({ fact }) => fact)
  expect(facts).toContainEqual(
    expect.objectContaining({
      kind: 'kubelet-settings',
      node: 'node-v2',
      swapBehavior: 'LimitedSwap',
    }),
  )
  expect(facts).toContainEqual(
    expect.objectContaining({ kind: 'node-state', swapCapacityBytes: 1_073_737_728 }),
  )
  expect(unknown.join('\n')).not.toContain('kubelet')
})

it('names the right that is missing where the kubelet may not be asked, and tells the rest', async () => {
  await using server = await cluster((response) =>
    answerStatus(
      response,
      403,
      'nodes "node-v2" is forbidden: User "a" cannot get resource "nodes/proxy" in API group "" at the cluster scope',
    ),
  )
  const { pod, unknown } = await read(server)
  expect(pod?.fact.name).toBe('web')
  expect(unknown).toContainEqual(
    expect.stringMatching(
      /^configuration of the kubelet of node-v2: a right is missing: get resource "nodes\/proxy"/,
    ),
  )
})

it('takes an answer of another kind for none', async () => {
  await using server = await cluster((response) => answerJson(response, 200, { kind: 'Status' }))
  const { observations } = await read(server)
  expect(observations.map(({ fact }) => fact.kind)).not.toContain('kubelet-settings')
})

it('says how far apart the clocks are, for times of both stand in one answer', async () => {
  await using server = await cluster((response) => {
    answerJson(response, 200, recorded('configz.json'))
  }, 10 * MINUTE_MS)
  const { unknown } = await read(server)
  expect(unknown).toContainEqual(
    expect.stringMatching(/^the clock of http:\/\/127\.0\.0\.1:\d+ is (?:599|600|601) s ahead of/),
  )
})

it('tells what it has where the pod, its node and its log vanish meanwhile', async () => {
  await using server = await apiServer(({ url = '' }, response, nth) => {
    const { pathname } = new URL(url, 'http://a')
    const isPod = pathname === '/api/v1/namespaces/throttled/pods/web'
    if (isPod && nth <= 2) answerJson(response, 200, recorded('pod.json'))
    else if (pathname.endsWith('/events')) answerJson(response, 200, { items: [] })
    else answerStatus(response, 404, `"${pathname}" not found`)
  })
  const { pod, observations, unknown } = await read(server)
  expect(pod?.fact.name).toBe('web')
  expect(observations.map(({ fact }) => fact.kind)).toContain('pod-state')
  expect(unknown.join('\n')).toMatch(/node-v2/)
})
