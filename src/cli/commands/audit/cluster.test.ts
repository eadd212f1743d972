import type { IncomingMessage, ServerResponse } from 'node:http'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { answerJson, answerStatus, apiServer } from '../../../../test/support/api-server.ts'
import type { ApiServer } from '../../../../test/support/api-server.ts'
import { OBJECTS } from '../../../../test/support/cluster-objects.ts'
import { EMPTY_CLUSTER, stella } from '../../../../test/support/command-line.ts'
import { surveyCluster } from '../../../investigate/survey/cluster/survey-cluster.ts'
import { hostReader } from '../../../sources/reader.ts'
import type { Variables } from '../../context.ts'

type Answer = (request: IncomingMessage, response: ServerResponse) => void

/** A server that holds the shop; some paths answer otherwise. */
function shop(others: Readonly<Record<string, Answer>> = {}): Promise<ApiServer> {
  const lists: Readonly<Record<string, readonly object[]>> = OBJECTS
  return apiServer((request, response) => {
    const path = new URL(request.url ?? '', 'http://a').pathname
    const other = others[path]
    if (other !== undefined) other(request, response)
    else if (path.endsWith('/proxy/configz')) answerJson(response, 200, { kubeletconfig: {} })
    else {
      const [, namespace = 'shop'] = /\/namespaces\/([^/]+)\//.exec(path) ?? []
      const items = lists[path.replace(`/namespaces/${namespace}/`, '/')]
      if (items === undefined) answerStatus(response, 404, 'the server could not find it')
      else {
        const here = namespace === 'shop' ? items : []
        answerJson(response, 200, { metadata: { resourceVersion: '7' }, items: here })
      }
    }
  })
}

const denied =
  (resource: string): Answer =>
  (_, response) =>
    answerStatus(
      response,
      403,
      `${resource} is forbidden: User "a" cannot list resource "${resource}" in API group ""`,
    )

const configz = (node: string): string => `/api/v1/nodes/${node}/proxy/configz`

const setUp =
  (kubeletconfig: object): Answer =>
  (_, response) =>
    answerJson(response, 200, { kubeletconfig })

async function audit(server: ApiServer, ...args: string[]) {
  const engine = (env: Variables) => ({
    surveyCluster: () => surveyCluster(hostReader({ env: { ...server.reader.env, ...env } })),
  })
  const said = await stella(['audit', '--cluster', ...args], { engine })
  return { ...said, json: () => documentIn(said.out) }
}

function documentIn(text: string): { findings: Record<string, unknown>[]; cluster: unknown } {
  return JSON.parse(text)
}

describe('audit --cluster', () => {
  it('judges each workload once, and says what happened to its pods', async () => {
    await using server = await shop()
    const { code, out, err, json } = await audit(server, '--json')
    expect([code, err]).toEqual([1, ''])
    const { findings, cluster } = json()
    const found = findings.map(({ rule, file }) => `${String(rule)} ${String(file)}`)
    expect(found).toEqual([
      'K14 k8s:Namespace:shop',
      'K38 k8s:cluster',
      'K39 k8s:shop:Deployment:web',
      'K07 k8s:shop:SparkApplication:nightly',
    ])
    expect(findings[2]).toMatchObject({
      message: 'web was killed for memory in 1 of 2 pods with a limit of 256Mi (256 MiB)',
      seen: 'killed for memory in 1 of 2 pods, last at 2026-11-22T10:00:00Z; 3 restarts',
      fixable: false,
    })
    expect(cluster).toMatchObject({ workloads: 3, pods: 5, nodes: 2, apiCalls: 15 })
    expect(out).not.toContain('hunter2')
  })

  it('asks for no list without a bound, and for no secret', async () => {
    await using server = await shop()
    await audit(server)
    const lists = server.asked.filter((call) => !call.includes('/proxy/'))
    expect(lists.length).toBe(13)
    for (const call of lists) expect(call).toMatch(/[?&]limit=\d+/)
    expect(server.asked.join()).not.toMatch(/secrets|configmaps/)
  })

  it('counts the calls for people, and shows the last kill beside what is found', async () => {
    await using server = await shop()
    const { out } = await audit(server)
    expect(out).toMatch(/^4 memory mistakes in a cluster of 3 workloads, 5 pods and 2 nodes: /)
    expect(out).toMatch(/Asked http:\/\/127\.0\.0\.1:\d+ with 15 calls/)
    expect(out).toMatch(/Seen: killed for memory in 1 of 2 pods, last at 2026-11-22T10:00:00Z/)
  })

  it('asks each kubelet once how it is set up, and holds workloads against that', async () => {
    await using server = await shop({
      [configz('worker-1')]: setUp({ memorySwap: { swapBehavior: 'LimitedSwap' } }),
      [configz('worker-2')]: setUp({ memorySwap: { swapBehavior: 'LimitedSwap' } }),
    })
    const { json } = await audit(server, '--json')
    expect(json().findings).toContainEqual(
      expect.objectContaining({
        rule: 'K33',
        file: 'k8s:shop:Deployment:web',
        message: 'request and limit of web are the same: its swap is 0',
      }),
    )
    expect(server.asked.filter((call) => call.includes('/proxy/'))).toEqual([
      expect.stringContaining('worker-1/proxy/configz'),
      expect.stringContaining('worker-2/proxy/configz'),
    ])
  })

  it.each([
    { told: [true, false], finds: false },
    { told: [undefined, undefined], finds: false },
    { told: [undefined, false], finds: false },
    { told: [false, false], finds: true },
  ])('singleProcessOOMKill of the nodes $told: K28 $finds', async ({ told, finds }) => {
    const [web] = OBJECTS['/apis/apps/v1/deployments']
    const command = ['gunicorn', 'app']
    const [container] = web?.spec.template.spec.containers ?? []
    const served = {
      ...web,
      spec: { template: { spec: { containers: [{ ...container, command }] } } },
    }
    await using server = await shop({
      '/apis/apps/v1/deployments': (_, response) =>
        answerJson(response, 200, { metadata: {}, items: [served] }),
      [configz('worker-1')]: setUp({ singleProcessOOMKill: told[0] }),
      [configz('worker-2')]: setUp({ singleProcessOOMKill: told[1] }),
    })
    const { json } = await audit(server, '--json')
    const rules = json().findings.map(({ rule }) => rule)
    expect(rules.includes('K28')).toBe(finds)
  })

  it('takes nothing for set that the kubelet fills in, and MemoryQoS only where its gate is on', async () => {
    await using server = await shop({
      [configz('worker-1')]: setUp({
        memoryThrottlingFactor: 0.9,
        evictionHard: { 'memory.available': '100Mi' },
      }),
    })
    const { json } = await audit(server, '--json')
    const rules = json().findings.map(({ rule }) => rule)
    expect(rules).not.toContain('K30')
    expect(rules).not.toContain('K32')
  })

  it('says which right is missing where kubelets may not be asked, and asks one alone', async () => {
    const refused: Answer = (_, response) =>
      answerStatus(
        response,
        403,
        'nodes "worker-1" is forbidden: User "a" cannot get resource "nodes/proxy" in API group "" at the cluster scope',
      )
    await using server = await shop({
      [configz('worker-1')]: refused,
      [configz('worker-2')]: refused,
    })
    const { code, err } = await audit(server)
    expect(code).toBe(1)
    expect(err).toMatch(
      /how the kubelet of worker-\d is set up is not known: a right is missing: get resource "nodes\/proxy"/,
    )
    expect(server.asked.filter((call) => call.includes('/proxy/'))).toHaveLength(1)
  })

  it('judges the pods of workloads that it may not read, and says which right is missing', async () => {
    await using server = await shop({
      '/apis/apps/v1/deployments': denied('deployments'),
      '/apis/apps/v1/namespaces/shop/deployments': denied('deployments'),
    })
    const { code, err, json } = await audit(server, '--json')
    expect(code).toBe(1)
    expect(err).toBe(
      'stella: the deployments could not be read: a right is missing: list resource "deployments" in API group ""\n',
    )
    expect(json().findings.map(({ rule, file }) => [rule, file])).toContainEqual([
      'K39',
      'k8s:shop:Deployment:web',
    ])
  })

  it('is content with the namespace of the context, and says so', async () => {
    await using server = await shop({
      '/api/v1/nodes': denied('nodes'),
      '/api/v1/pods': denied('pods'),
      '/api/v1/namespaces/shop/pods': (_, response) =>
        answerJson(response, 200, { metadata: {}, items: OBJECTS['/api/v1/pods'].slice(4) }),
    })
    const { code, err } = await audit(server)
    expect(code).toBe(4)
    expect(err).toContain('of pods only those of the namespace shop were read')
    expect(err).toContain('the nodes could not be read: a right is missing')
  })

  it('reads one namespace alone where that is wanted, and misses nothing then', async () => {
    await using server = await shop({ '/api/v1/nodes': denied('nodes') })
    const { err, json } = await audit(server, '--namespace', 'shop', '--json')
    expect(err).toBe('')
    expect(json().findings.map(({ rule }) => rule)).toContain('K39')
    const elsewhere = server.asked.filter((call) => !call.includes('/namespaces/shop/'))
    expect(elsewhere).toEqual([])
    const shown = await audit(server, '--namespace', 'shop')
    expect(shown.out).toMatch(/ in namespace shop, \d+ workloads and \d+ pods: /)
  })

  it('says so where the namespace holds nothing', async () => {
    await using server = await shop()
    const { code, err } = await audit(server, '--namespace', 'empty')
    expect(code).toBe(3)
    expect(err).toMatch(/the namespace empty holds nothing that is judged; name one of/)
  })

  it('ends with 3 where it may read nothing', async () => {
    await using server = await apiServer((_, response) => denied('pods')(_, response))
    const { code, out, err } = await audit(server)
    expect([code, out]).toEqual([3, ''])
    expect(err).toMatch(/nothing of the cluster can be read: .*ask for the right to list/)
  })

  it('goes on where the server is old, busy, or has forgotten a page', async () => {
    let busy = true
    let pages = 0
    await using server = await shop({
      // 1.22 and before know no autoscaling/v2, and a cluster may have no metrics.
      '/apis/autoscaling/v2/horizontalpodautoscalers': (_, response) =>
        answerStatus(response, 404, 'the server could not find the requested resource'),
      '/apis/metrics.k8s.io/v1beta1/pods': (_, response) =>
        answerStatus(response, 404, 'the server could not find the requested resource'),
      '/api/v1/namespaces': (_, response) => {
        if (busy) response.setHeader('retry-after', '0')
        if (busy) answerStatus(response, 429, 'too many requests')
        else answerJson(response, 200, { metadata: {}, items: OBJECTS['/api/v1/namespaces'] })
        busy = false
      },
      '/api/v1/pods': (_, response) => {
        pages++
        const items = OBJECTS['/api/v1/pods']
        if (pages === 1) {
          answerJson(response, 200, { metadata: { continue: 'old' }, items: items.slice(0, 3) })
        } else if (pages === 2)
          answerStatus(response, 410, 'The provided continue parameter is too old')
        else answerJson(response, 200, { metadata: {}, items })
      },
    })
    const { code, err, json } = await audit(server, '--json')
    expect(code).toBe(1)
    expect(err).toBe(
      'stella: what pods use is not known: the cluster has no metrics API (metrics-server), and the kubelet of worker-1 does not tell it: the server could not find it\n',
    )
    // No pod is counted twice, though some came twice.
    expect(json().cluster).toMatchObject({ pods: 5 })
    expect(json().findings).toContainEqual(
      expect.objectContaining({ rule: 'K39', message: expect.stringContaining('1 of 2 pods') }),
    )
  })

  it('says where an autoscaler gives pods another limit than their workload has', async () => {
    const scaler = (updateMode: string): object => ({
      metadata: { name: 'web-sizes', namespace: 'shop' },
      spec: { targetRef: { kind: 'Deployment', name: 'web' }, updatePolicy: { updateMode } },
      status: {
        recommendation: {
          containerRecommendations: [{ containerName: 'web', target: { memory: '1Gi' } }],
        },
      },
    })
    const overwritten = async (updateMode: string): Promise<unknown[]> => {
      await using server = await shop({
        '/apis/autoscaling.k8s.io/v1/verticalpodautoscalers': (_, response) =>
          answerJson(response, 200, { metadata: {}, items: [scaler(updateMode)] }),
      })
      const { findings } = (await audit(server, '--json')).json()
      return findings.flatMap(({ rule, file, message }) => (rule === 'K43' ? [file, message] : []))
    }
    expect(await overwritten('InPlaceOrRecreate')).toEqual([
      'k8s:shop:Deployment:web',
      expect.stringMatching(
        /^VerticalPodAutoscaler web-sizes gives web in new pods a limit of 1 GiB in the place of 256Mi /,
      ),
    ])
    expect(await overwritten('Off')).toEqual([])
  })

  it('keeps no annotation, however large', async () => {
    const [web] = OBJECTS['/apis/apps/v1/deployments']
    const annotations = { huge: 'x'.repeat(256 * 1024) }
    await using server = await shop({
      '/apis/apps/v1/deployments': (_, response) =>
        answerJson(response, 200, {
          metadata: {},
          items: [{ ...web, metadata: { ...web?.metadata, annotations } }],
        }),
    })
    const { documents } = await surveyCluster(server.reader)
    const text = documents.map((document) => document.text).join('')
    expect(text).toContain('registry.example.com/web:1')
    expect(text.length).toBeLessThan(20_000)
  })

  it('saves what it saw, without secrets, and judges that file alike elsewhere', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'stella-test-'))
    try {
      await using server = await shop()
      const file = join(folder, 'cluster.yaml')
      const live = await audit(server, '--evidence', file, '--json')
      const saved = readFileSync(file, 'utf8')
      expect(saved).not.toMatch(/hunter2|managedFields|kept-nowhere/)
      const elsewhere = documentIn((await stella(['audit', file, '--json'])).out)
      const messages = (document: { findings: Record<string, unknown>[] }): unknown =>
        document.findings
          .map(({ rule, message, seen }) => JSON.stringify([rule, message, seen]))
          .toSorted((a, b) => a.localeCompare(b))
      expect(messages(elsewhere)).toEqual(messages(live.json()))
    } finally {
      rmSync(folder, { recursive: true })
    }
  })

  it.each([
    ['--kubeconfig', 'KUBECONFIG'],
    ['--context', 'STELLA_KUBE_CONTEXT'],
    ['--namespace', 'STELLA_KUBE_NAMESPACE'],
  ])('means the cluster that %s names', async (option, variable) => {
    const asked: unknown[] = []
    const { code } = await stella(['audit', option, 'there', '--json'], {
      engine: (env) => ({
        surveyCluster: async () => {
          asked.push(env[variable])
          return EMPTY_CLUSTER
        },
      }),
    })
    expect([code, asked]).toEqual([0, ['there']])
  })
})
