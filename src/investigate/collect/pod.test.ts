import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { answerJson, answerStatus, apiServer } from '../../../test/support/api-server.ts'
import type { ApiServer } from '../../../test/support/api-server.ts'
import { collect } from '../collect.ts'
import { investigate } from '../investigate.ts'

const NAME = 'child-killed-main-lives'
const SCENE = new URL(`../../../fixtures/kubernetes/v1.34/${NAME}/`, import.meta.url)
const recorded = (file: string): string => readFileSync(new URL(file, SCENE), 'utf8')

/** The API server of a recorded scene, whose node is another machine. */
function cluster({ mayAskKubelet }: { mayAskKubelet: boolean }): Promise<ApiServer> {
  return apiServer(({ url = '' }, response) => {
    const { pathname } = new URL(url, 'http://a')
    if (pathname === `/api/v1/namespaces/${NAME}/pods/web`) {
      answerJson(response, 200, JSON.parse(recorded('pod.json')))
    } else if (pathname === '/api/v1/nodes/node-1') {
      // Whoever recorded it may run this test on the same machine.
      const elsewhere = recorded('node.json').replace(/"bootID": "[^"]*"/, '"bootID": "another"')
      answerJson(response, 200, JSON.parse(elsewhere))
    } else if (pathname === '/api/v1/nodes/node-1/proxy/metrics/cadvisor' && mayAskKubelet) {
      response.writeHead(200, { 'content-type': 'text/plain' }).end(recorded('cadvisor.txt'))
    } else if (pathname.startsWith('/api/v1/nodes/node-1/proxy/')) {
      answerStatus(response, 403, 'nodes "node-1" is forbidden: cannot get resource "nodes/proxy"')
    } else if (pathname.endsWith('/events')) answerJson(response, 200, { items: [] })
    else answerStatus(response, 404, 'the server could not find the requested resource')
  })
}

const WEB = { kind: 'pod', namespace: NAME, pod: 'web', container: null } as const

it('a child that was killed in a pod of another machine is known by what its kubelet counts', async () => {
  await using server = await cluster({ mayAskKubelet: true })
  const { world, target } = await collect(WEB, { reader: server.reader })
  const [found] = investigate(world, target, { all: false })
  expect(found?.verdict).toMatchObject({
    code: 'oom-own-limit',
    confidence: 'likely',
    mainProcessDied: false,
  })
  const told = found?.evidence.find(({ from }) => from.includes('/proxy/metrics/cadvisor'))
  expect(told?.says).toContain('limit 32 MiB, 1 OOM kill')
})

it('where the kubelet may not be asked, nothing shows that it is well, and the gap is named', async () => {
  await using server = await cluster({ mayAskKubelet: false })
  const { world, target } = await collect(WEB, { reader: server.reader })
  expect(investigate(world, target, { all: false })).toEqual([])
  expect(world.unknown.join('\n')).toMatch(/figures of the kubelet of node-1: .*nodes\/proxy/)
})
