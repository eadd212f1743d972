import type { RequestListener } from 'node:http'
import { afterEach, expect, it } from 'vitest'
import { fakeEngine } from '../../../test/support/fake-engine.ts'
import { fakeReader } from '../../../test/support/fake-reader.ts'
import { MAX_ANSWER_BYTES } from './engine.ts'
import type { Engine } from './engine.ts'
import { engines } from './index.ts'

const used: Disposable[] = []

afterEach(() => {
  for (const one of used.splice(0).toReversed()) one[Symbol.dispose]()
})

async function engineThat(answers: RequestListener): Promise<Engine> {
  const reader = fakeReader()
  used.push(reader, await fakeEngine(reader, answers))
  const [engine] = engines(reader, 'docker')
  if (engine === undefined) throw new Error('no engine')
  return engine
}

const signal = AbortSignal.timeout(20_000)

it('asks for a name as one part of the path, whatever it holds', async () => {
  const asked: (string | undefined)[] = []
  const engine = await engineThat((request, response) => {
    asked.push(request.url)
    response.end('{}')
  })
  expect(await engine.inspect('../a b?x', signal)).toMatchObject({
    outcome: 'answered',
    text: '{}',
  })
  expect(asked).toEqual(['/containers/..%2Fa%20b%3Fx/json'])
})

it.each([
  [404, '{"message":"No such container: x"}', { outcome: 'not-found' }],
  [
    500,
    '{"message":"disk\\nfull"}',
    { outcome: 'failed', says: 'docker at unix:///var/run/docker.sock: disk full' },
  ],
  [502, '<html>', { outcome: 'failed', says: 'docker at unix:///var/run/docker.sock: status 502' }],
  [403, '{"message":"not for you"}', { outcome: 'denied' }],
])('tells what status %i means', async (status, body, expected) => {
  const engine = await engineThat((_request, response) => response.writeHead(status).end(body))
  expect(await engine.inspect('x', signal)).toMatchObject(expected)
})

it('keeps the newest part of an answer that does not end', async () => {
  const engine = await engineThat((_request, response) => {
    response.write('old')
    for (let megabytes = 0; megabytes < 6; megabytes++) response.write('x'.repeat(1024 * 1024))
    response.end('newest')
  })
  const answer = await engine.events('x', { since: null, until: 0 }, signal)
  expect(answer).toMatchObject({ outcome: 'answered', truncated: true })
  const text = answer.outcome === 'answered' ? answer.text : ''
  expect(text.endsWith('newest')).toBe(true)
  expect(text.length).toBeLessThanOrEqual(MAX_ANSWER_BYTES)
})

it('does not wait for one that never answers', async () => {
  const engine = await engineThat(() => {})
  expect(await engine.inspect('x', AbortSignal.timeout(100))).toEqual({
    outcome: 'failed',
    says: 'unix:///var/run/docker.sock did not answer in time',
  })
})

it('tells apart a socket that nobody listens on', async () => {
  // Linux refuses a connection to a plain file as it does to the socket that a killed daemon left behind.
  using left = fakeReader({ files: { 'var/run/docker.sock': '' } })
  expect(await engines(left, 'docker')[0]?.inspect('x', signal)).toEqual({
    outcome: 'unreachable',
    says: 'nobody answers at unix:///var/run/docker.sock: the daemon is not running',
  })
})
