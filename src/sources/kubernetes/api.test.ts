import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { inspect } from 'node:util'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import {
  answerJson,
  answerStatus,
  apiServer,
  kubeconfigFor,
} from '../../../test/support/api-server.ts'
import { textField } from '../../parsers/json-fields.ts'
import { hostReader } from '../reader.ts'
import { clusterAccess } from './access.ts'
import { followChanges } from './follow.ts'
import { kubernetesApi } from './index.ts'
import { listPages } from './pages.ts'
import { ApiProblem, asStellaError } from './problem.ts'

const PODS = '/api/v1/pods'
const { signal } = new AbortController()

describe('which cluster is asked', () => {
  test('the current context of KUBECONFIG, with its namespace; another one by its name', async () => {
    await using server = await apiServer((_, response) => answerJson(response, 200, { kind: 'x' }))
    const access = await clusterAccess(server.reader)
    expect(access).toMatchObject({ context: 'test', namespace: 'shop' })
    const env = { ...server.reader.env, STELLA_KUBE_CONTEXT: 'production' }
    await expect(clusterAccess({ ...server.reader, env })).rejects.toMatchObject({
      exitCode: 2,
      message: 'there is no context production',
      todo: expect.stringContaining('test'),
    })
  })

  test('a machine without one is told how to name one', async () => {
    const reader = hostReader({ env: { HOME: '/nonexistent' } })
    await expect(clusterAccess(reader)).rejects.toMatchObject({
      exitCode: 3,
      todo: expect.stringContaining('KUBECONFIG'),
    })
  })

  test('a damaged file is named, and nothing of it is printed', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'stella-test-'))
    const file = join(folder, 'config')
    try {
      writeFileSync(file, '{users: [{name: a, user: {token: secret-token}}')
      const reader = hostReader({ env: { KUBECONFIG: file } })
      const problem = await clusterAccess(reader).catch((error: unknown) => error)
      expect(problem).toMatchObject({ exitCode: 2, where: file })
      expect(String(problem)).not.toContain('secret-token')
    } finally {
      rmSync(folder, { recursive: true })
    }
  })

  test('the token goes into the header, and into no error', async () => {
    await using server = await apiServer((request, response) =>
      answerStatus(
        response,
        401,
        `you are ${request.headers.authorization === 'Bearer secret-token'}`,
      ),
    )
    const api = await kubernetesApi(server.reader)
    const refused = await api.get({ path: PODS, signal }).catch((error: unknown) => error)
    expect(refused).toMatchObject({ kind: 'unauthenticated', message: 'you are true' })
    expect(inspect(refused, { depth: 10, showHidden: true })).not.toContain('secret-token')
  })

  test('in plain text on this machine alone, whatever the file says', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'stella-test-'))
    const file = join(folder, 'config')
    const access = (text: string) => {
      writeFileSync(file, text)
      return clusterAccess(hostReader({ env: { KUBECONFIG: file } }))
    }
    try {
      for (const host of ['localhost:8001', '127.0.0.1:8001', '[::1]:8001']) {
        expect(await access(kubeconfigFor(`http://${host}`))).toMatchObject({
          where: `http://${host}`,
        })
      }
      const elsewhere = kubeconfigFor('http://10.0.0.1:8080')
      const careless = elsewhere.replace('"server"', '"insecure-skip-tls-verify":true,"server"')
      for (const text of [elsewhere, careless]) {
        const problem = await access(text).catch((error: unknown) => error)
        expect(problem).toMatchObject({
          exitCode: 2,
          where: 'http://10.0.0.1:8080',
          todo: expect.stringMatching(/https:\/\/.*kubectl proxy/),
        })
        expect(String(problem)).not.toContain('secret-token')
      }
    } finally {
      rmSync(folder, { recursive: true })
    }
  })

  test('a server that is away is named by its address', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'stella-test-'))
    const file = join(folder, 'config')
    try {
      writeFileSync(file, kubeconfigFor('http://127.0.0.1:1'))
      const api = await kubernetesApi(hostReader({ env: { KUBECONFIG: file } }))
      await expect(api.get({ path: PODS, signal })).rejects.toMatchObject({
        kind: 'unreachable',
        message: 'no answer (ECONNREFUSED)',
      })
    } finally {
      rmSync(folder, { recursive: true })
    }
  })
})

describe('what the server refuses', () => {
  test('a missing right is told in its own words', async () => {
    const says =
      'pods is forbidden: User "system:serviceaccount:shop:ci" cannot list resource "pods" in API group "" at the cluster scope'
    await using server = await apiServer((_, response) => answerStatus(response, 403, says))
    const api = await kubernetesApi(server.reader)
    const problem = await api.get({ path: PODS, signal }).catch((error: unknown) => error)
    if (!(problem instanceof ApiProblem)) throw problem
    expect(problem.missingRight).toBe('list resource "pods" in API group "" at the cluster scope')
  })

  test('a busy server is asked again, when it said', async () => {
    await using server = await apiServer((_, response, nth) => {
      if (nth > 2) return answerJson(response, 200, { kind: 'Pod' })
      response.setHeader('retry-after', '0')
      answerStatus(response, 429, 'too many requests')
    })
    const api = await kubernetesApi(server.reader)
    await expect(api.get({ path: PODS, signal })).resolves.toEqual({ kind: 'Pod' })
    expect(api.calls).toBe(3)
  }, 20_000)

  test('one that stays busy is left alone after four calls', async () => {
    await using server = await apiServer((_, response) =>
      answerStatus(response, 503, 'etcd is away'),
    )
    const api = await kubernetesApi(server.reader)
    await expect(api.get({ path: PODS, signal })).rejects.toMatchObject({ kind: 'busy' })
    expect(server.asked).toHaveLength(4)
  }, 30_000)

  test('a proxy that answers with a page of HTML is no API server', async () => {
    await using server = await apiServer((_, response) => response.end('<html>Sign in</html>'))
    const api = await kubernetesApi(server.reader)
    const problem = await api.get({ path: PODS, signal }).catch((error: unknown) => error)
    expect(problem).toMatchObject({
      kind: 'failed',
      message: 'the answer is no object of Kubernetes',
    })
  })

  test('each problem has a next step', async () => {
    await using server = await apiServer((request, response) =>
      answerStatus(response, Number(request.url?.slice(1)), 'no'),
    )
    const api = await kubernetesApi(server.reader)
    for (const [status, todo] of [
      [401, 'log in again'],
      [403, 'ask for it'],
      [404, 'check the name'],
      [409, 'plan anew'],
    ] as const) {
      const problem = await api.get({ path: `/${status}`, signal }).catch((error: unknown) => error)
      if (!(problem instanceof ApiProblem)) throw problem
      expect(asStellaError(problem, 'here')).toMatchObject({
        exitCode: 3,
        todo: expect.stringContaining(todo),
      })
    }
  })
})

describe('lists', () => {
  test('come in pages, and never without a limit', async () => {
    const pods = Array.from({ length: 250 }, (_, index) => ({ metadata: { name: `p${index}` } }))
    await using server = await apiServer(pagesOf(pods))
    expect(await namesIn(server)).toHaveLength(250)
    expect(server.asked.every((call) => /[?&]limit=\d/.test(call))).toBe(true)
  })

  test('of huge objects come in smaller pages', async () => {
    const huge = 'x'.repeat(256 * 1024)
    const pods = Array.from({ length: 120 }, (_, index) => ({
      metadata: { name: `p${index}`, annotations: { huge } },
    }))
    await using server = await apiServer(pagesOf(pods))
    expect(new Set(await namesIn(server)).size).toBe(120)
  })

  test('that grew too old go on with the token of the server', async () => {
    await using server = await apiServer((request, response, nth) => {
      if (nth === 2) return answerStatus(response, 410, 'too old', { continue: 'newer' })
      const first = nth === 1
      answerJson(response, 200, {
        metadata: { resourceVersion: '7', continue: first ? 'older' : '' },
        items: [{ metadata: { name: first ? 'a' : request.url?.includes('newer') ? 'b' : 'x' } }],
      })
    })
    expect(await namesIn(server)).toEqual(['a', 'b'])
  })

  test('that grew too old, where the server gives no token, begin anew and say so', async () => {
    await using server = await apiServer((_, response, nth) => {
      if (nth === 2) return answerStatus(response, 410, 'too old')
      answerJson(response, 200, {
        metadata: { resourceVersion: '7', continue: nth === 1 ? 'next' : '' },
        items: [{ metadata: { name: `of call ${nth}` } }],
      })
    })
    const api = await kubernetesApi(server.reader)
    const pages = []
    for await (const page of listPages(api, { path: PODS, signal })) pages.push(page)
    expect(pages.map(({ anew }) => anew)).toEqual([false, true])
  })

  async function namesIn(server: Awaited<ReturnType<typeof apiServer>>): Promise<string[]> {
    const api = await kubernetesApi(server.reader)
    const names: string[] = []
    for await (const { items } of listPages(api, { path: PODS, signal })) {
      for (const item of items) names.push(textField(item, 'metadata', 'name') ?? '')
    }
    return names
  }

  function pagesOf(objects: readonly object[]): Parameters<typeof apiServer>[0] {
    return (request, response) => {
      const { searchParams } = new URL(request.url ?? '', 'http://api')
      const from = Number(searchParams.get('continue') ?? 0)
      const to = from + Number(searchParams.get('limit'))
      answerJson(response, 200, {
        metadata: { resourceVersion: '7', continue: to < objects.length ? String(to) : '' },
        items: objects.slice(from, to),
      })
    }
  }
})

describe('watches', () => {
  const change = (type: string, name: string, version: string): string =>
    `${JSON.stringify({ type, object: { metadata: { name, resourceVersion: version } } })}\n`

  test('go on from the last bookmark after the call ended', async () => {
    await using server = await apiServer((request, response, nth) => {
      response.write(nth === 1 ? change('ADDED', 'a', '8') : change('DELETED', 'b', '12'))
      if (nth === 1) response.end(change('BOOKMARK', '', '11'))
    })
    const stop = new AbortController()
    const api = await kubernetesApi(server.reader)
    const seen = []
    for await (const { type } of followChanges(api, { path: PODS, signal: stop.signal }, '7')) {
      seen.push(type)
      if (seen.length === 2) break
    }
    stop.abort()
    expect(seen).toEqual(['ADDED', 'DELETED'])
    expect(server.asked[0]).toContain('allowWatchBookmarks=true')
    expect(server.asked.map((call) => /resourceVersion=(\d+)/.exec(call)?.[1])).toEqual(['7', '11'])
  })

  test('whose history is gone say so', async () => {
    await using server = await apiServer((_, response) =>
      response.end(
        `${JSON.stringify({ type: 'ERROR', object: { kind: 'Status', code: 410, message: 'too old resource version' } })}\n`,
      ),
    )
    const api = await kubernetesApi(server.reader)
    const changes = followChanges(api, { path: PODS, signal }, '7')
    await expect(changes.next()).rejects.toMatchObject({ kind: 'gone' })
  })
})
