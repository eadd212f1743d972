import type { RequestListener } from 'node:http'
import { afterEach, expect, it } from 'vitest'
import { fakeEngine } from '../../../../test/support/fake-engine.ts'
import { fakeReader } from '../../../../test/support/fake-reader.ts'
import type { FakeReader } from '../../../../test/support/fake-reader.ts'
import { dockerAt, findContainer } from './api.ts'

const SOCKET = 'unix:///var/run/docker.sock'
const used: Disposable[] = []

afterEach(() => {
  for (const one of used.splice(0).toReversed()) one[Symbol.dispose]()
})

async function machineThat(answers: RequestListener): Promise<FakeReader> {
  const reader = fakeReader()
  used.push(reader, await fakeEngine(reader, answers))
  return reader
}

it('sends names and settings so that they mean nothing else', async () => {
  const asked: string[] = []
  const reader = await machineThat((request, response) => {
    request.on('data', (chunk) => asked.push(String(chunk)))
    request.on('end', () => {
      asked.unshift(`${request.method} ${request.url}`)
      response.writeHead(201).end('{"Id":"new"}')
    })
  })
  const api = dockerAt(reader, SOCKET)
  expect(await api.create('a&b', { Env: ['A=1'] })).toBe('new')
  expect(asked).toEqual(['POST /containers/create?name=a%26b', '{"Env":["A=1"]}'])
})

it.each([
  [
    409,
    '{"message":"Conflict. The name is\\nalready in use"}',
    'Conflict. The name is already in use',
  ],
  [500, '{"message":"bad variable PASSWORD=hunter-22"}', 'bad variable PASSWORD='],
  [502, '<html>', 'status 502'],
])('says what the daemon says with %i, without secrets', async (status, body, says) => {
  const reader = await machineThat((_request, response) => response.writeHead(status).end(body))
  const refusal = await dockerAt(reader, SOCKET)
    .rename('web', 'db')
    .catch((error: unknown) => String(error))
  expect(refusal).toContain(`Docker refuses: ${says}`)
  expect(refusal).not.toContain('hunter')
})

it('takes a daemon that runs it already, or has removed it already, at its word', async () => {
  const reader = await machineThat((request, response) =>
    response.writeHead(request.method === 'DELETE' ? 404 : 304).end(),
  )
  const api = dockerAt(reader, SOCKET)
  await expect(api.start('web')).resolves.toBeUndefined()
  await expect(api.remove('web')).resolves.toBeUndefined()
})

it('tells that there is no such container from that nobody answers', async () => {
  const reader = await machineThat((_request, response) => response.writeHead(404).end('{}'))
  await expect(findContainer(reader, 'web')).rejects.toThrow('there is no container web')
  using nobody = fakeReader()
  await expect(findContainer(nobody, 'web')).rejects.toThrow(/daemon does not answer: .*ENOENT/)
})

it('does not take a page of somebody else for an answer', async () => {
  const reader = await machineThat((_request, response) => response.end('<html>'))
  await expect(findContainer(reader, 'web')).rejects.toThrow('answers with no JSON')
})
