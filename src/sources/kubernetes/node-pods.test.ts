import type { ServerResponse } from 'node:http'
import { expect, it } from 'vitest'
import { answerJson, answerStatus, apiServer } from '../../../test/support/api-server.ts'
import { textField } from '../../parsers/json-fields.ts'
import { followNodePods } from './node-pods.ts'

const pod = (name: string) => ({ metadata: { name, resourceVersion: '8' } })
const listOf = (...names: string[]) => ({
  metadata: { resourceVersion: '7' },
  items: names.map(pod),
})

/** Follows until it is told to stop, and what it was told until then. */
async function following(
  answer: (response: ServerResponse, url: URL, nth: number) => void,
  until: (seen: { names: string[]; troubles: (string | null)[] }) => void,
) {
  await using server = await apiServer((request, response, nth) =>
    answer(response, new URL(request.url ?? '', 'http://x'), nth),
  )
  const stop = new AbortController()
  const seen = { names: Array<string>(), troubles: Array<string | null>() }
  const done = followNodePods(server.reader, {
    node: 'node-1',
    signal: stop.signal,
    onPod: (one) => seen.names.push(textField(one, 'metadata', 'name') ?? ''),
    onTrouble: (why) => seen.troubles.push(why),
    pausesMs: [5],
  })
  await expect.poll(() => until(seen), { timeout: 10_000 }).toBeUndefined()
  stop.abort()
  await done
  return { ...seen, asked: server.asked }
}

it('asks for the pods of its own node alone, and hears of each that changes', async () => {
  const { asked } = await following(
    (response, url) => {
      if (!url.searchParams.has('watch')) return answerJson(response, 200, listOf('a', 'b'))
      response.write(`${JSON.stringify({ type: 'ADDED', object: pod('c') })}\n`)
    },
    ({ names, troubles }) => {
      expect(names).toEqual(['a', 'b', 'c'])
      expect(troubles).toEqual([])
    },
  )
  for (const url of asked) expect(url).toContain('fieldSelector=spec.nodeName%3Dnode-1')
  expect(asked[1]).toContain('resourceVersion=7')
})

it('lists anew where the history of the server is too short', async () => {
  await following(
    (response, url, nth) => {
      if (!url.searchParams.has('watch')) answerJson(response, 200, listOf(`list-${nth}`))
      else if (nth === 2) answerStatus(response, 410, 'too old resource version')
      else response.writeHead(200).flushHeaders()
    },
    ({ names, troubles }) => {
      expect(names).toEqual(['list-1', 'list-3'])
      expect(troubles).toEqual([])
    },
  )
})

it('tells once of a right that is missing, and when it is there', async () => {
  await following(
    (response, url, nth) => {
      if (nth <= 3) answerStatus(response, 403, 'User "x" cannot list resource "pods"')
      else if (url.searchParams.has('watch')) response.writeHead(200).flushHeaders()
      else answerJson(response, 200, listOf('a'))
    },
    ({ names, troubles }) => {
      expect(names).toEqual(['a'])
      expect(troubles).toEqual(['a right is missing: list resource "pods"', null])
    },
  )
})
