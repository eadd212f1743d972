import { CASE_ANNOTATION } from '../../parsers/kubernetes/told-kill.ts'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { text } from 'node:stream/consumers'
import { expect, it } from 'vitest'
import { answerJson, answerStatus, apiServer } from '../../../test/support/api-server.ts'
import { parseRecord, field, numberField } from '../../parsers/json-fields.ts'
import { kubernetesApi } from '../../sources/kubernetes/index.ts'
import type { PodEvent } from './pod-event.ts'
import { createPodEvents } from './pod-events.ts'

/** A kill, the n-th of its container. */
function kill(nth: number, name = 'cart-0.1'): PodEvent {
  const annotation = JSON.stringify({ incident: `boot-${nth}` })
  return {
    namespace: 'shop',
    name,
    at: nth * 1_000,
    incident: `boot-${nth}`,
    annotation,
    body: { metadata: { name, namespace: 'shop', annotations: { [CASE_ANNOTATION]: annotation } } },
  }
}

type Answer = (response: ServerResponse, request: IncomingMessage, body: string) => void

interface Writing extends AsyncDisposable {
  events: ReturnType<typeof createPodEvents>
  asked: string[]
  bodies: unknown[]
  troubles: (string | null)[]
  /** Waits until so many calls were made, and nothing is under way. */
  calls(count: number): Promise<void>
}

/** An API server that gives these answers, one after the other, the last for all that follow. */
async function writing(...answers: Answer[]): Promise<Writing> {
  const bodies: unknown[] = []
  const troubles: (string | null)[] = []
  const server = await apiServer((request, response, nth) => {
    void text(request).then((body) => {
      bodies.push(parseRecord(body))
      answers[Math.min(nth, answers.length) - 1]?.(response, request, body)
    })
  })
  const events = createPodEvents({
    api: () => kubernetesApi(server.reader),
    onTrouble: (why) => troubles.push(why),
    pausesMs: [5],
    againMs: 0,
  })
  return {
    events,
    asked: server.asked,
    bodies,
    troubles,
    async calls(count) {
      await expect.poll(() => bodies.length, { timeout: 20_000 }).toBe(count)
      await events.flush(5_000)
    },
    async [Symbol.asyncDispose]() {
      events.stop()
      await server[Symbol.asyncDispose]()
    },
  }
}

const EVENTS = '/apis/events.k8s.io/v1/namespaces/shop/events'
const POST = `POST ${EVENTS}`
const PATCH = `PATCH ${EVENTS}/cart-0.1`
const takes: Answer = (response, _, body) => answerJson(response, 201, parseRecord(body) ?? {})
const says =
  (code: number, message: string): Answer =>
  (response) =>
    answerStatus(response, code, message)

it('writes the first kill, and counts those that follow in the same Event', async () => {
  await using server = await writing(takes)
  server.events.send(kill(1))
  await server.calls(1)
  server.events.send(kill(2))
  await server.calls(2)
  expect(server.asked).toEqual([POST, PATCH])
  expect(server.bodies[1]).toEqual({
    metadata: { annotations: { [CASE_ANNOTATION]: kill(2).annotation } },
    series: { count: 2, lastObservedTime: '1970-01-01T00:00:02.000000Z' },
  })
})

it('a storm of kills is a few calls, and none of them is left out of the count', async () => {
  await using server = await writing(takes)
  for (let nth = 1; nth <= 1_000; nth++) server.events.send(kill(nth))
  await server.calls(2)
  expect(server.asked).toEqual([POST, PATCH])
  expect(numberField(server.bodies[1], 'series', 'count')).toBe(1_000)
})

it('goes on with the Event of an earlier run, whose count it is told', async () => {
  const there = {
    metadata: { annotations: { [CASE_ANNOTATION]: kill(1).annotation } },
    series: { count: 5 },
  }
  await using server = await writing(
    says(409, 'already exists'),
    (response) => answerJson(response, 200, there),
    takes,
  )
  server.events.send(kill(2))
  await server.calls(3)
  expect(server.asked).toEqual([POST, PATCH, PATCH])
  expect(server.bodies[1]).toEqual({})
  expect(numberField(server.bodies[2], 'series', 'count')).toBe(6)
})

it('a kill whose answer was lost is not told twice', async () => {
  const there = { metadata: { annotations: { [CASE_ANNOTATION]: kill(1).annotation } } }
  await using server = await writing(
    (response) => void response.destroy(),
    says(409, 'already exists'),
    (response) => answerJson(response, 200, there),
  )
  server.events.send(kill(1))
  await server.calls(3)
  expect(server.asked).toEqual([POST, POST, PATCH])
  expect(server.troubles).toEqual([expect.stringContaining('no answer'), null])
})

it('an Event that the server has forgotten is written anew', async () => {
  await using server = await writing(takes, says(404, 'not found'), takes)
  server.events.send(kill(1))
  await server.calls(1)
  server.events.send(kill(2))
  await server.calls(3)
  expect(server.asked).toEqual([POST, PATCH, POST])
  expect(field(server.bodies[2], 'metadata', 'annotations')).toEqual({
    [CASE_ANNOTATION]: kill(2).annotation,
  })
})

it('a missing right is told once, in the words of the server, and holds nothing up', async () => {
  const right = 'events.k8s.io is forbidden: User "x" cannot create resource "events"'
  await using server = await writing(says(403, right))
  server.events.send(kill(1))
  server.events.send(kill(2, 'cart-1.1'))
  await server.calls(2)
  expect(server.troubles).toEqual([expect.stringContaining('create resource "events"')])
})

it('more than it can hold is dropped, and that is told', async () => {
  await using server = await writing(takes)
  for (let nth = 1; nth <= 520; nth++) server.events.send(kill(nth, `pod-${nth}.1`))
  await expect
    .poll(() => server.troubles, { timeout: 5_000 })
    .toEqual([expect.stringMatching(/^\d+ Events were dropped/)])
})
