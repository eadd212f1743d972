import { expect, test } from 'vitest'
import {
  containerState,
  incident,
  podContainer,
  podContainerState,
  podState,
  seen,
} from '../../../test/support/incident.ts'
import type { KubernetesEvent } from '../../model/cluster.ts'
import type { LogHint } from '../../model/facts.ts'
import type { Incident } from '../incident.ts'
import { killedAtStart } from './killed-at-start.ts'

const WORDS = 'runc create failed: container init was OOM-killed (memory limit too low?)'
const NOTHING = { answer: 'not-shown' }
const STARTED = podContainerState({ phase: 'running', reason: null, exitCode: null })

function seenOf(change: Partial<Incident>): Incident {
  return incident({ reports: [], ...change })
}

function event(message: string) {
  const fact: KubernetesEvent = {
    kind: 'kubernetes-event',
    reason: 'Failed',
    message,
    type: 'Warning',
    namespace: 'shop',
    objectKind: 'Pod',
    objectName: 'cart-0',
    objectUid: null,
    count: 1,
  }
  return seen(fact)
}

function hint(name: LogHint['hint']) {
  return seen({ kind: 'log-hint', hint: name, message: WORDS, bytes: null } satisfies LogHint)
}

const container = seen(containerState({ error: WORDS }))
const pod = seen(podState())
const failed = podContainerState({ reason: 'StartError', message: WORDS })
const oomKilled = podContainerState()

test.each([
  ['the engine’s error', { container }, container],
  ['the state of the pod’s container', { pod, podContainer: podContainer({ state: failed }) }, pod],
  [
    'its last state, while it waits for the next try',
    { pod, podContainer: podContainer({ state: oomKilled, lastState: failed }) },
    pod,
  ],
])('%s tells that it died before its program began', (_who, known, witness) => {
  expect(killedAtStart.ask(seenOf(known))).toMatchObject({
    answer: 'holds',
    confidence: 'certain',
    summary: expect.stringMatching(/ never started: its memory limit/),
    binding: { scope: 'container' },
    because: [witness],
  })
})

test('the log of a runtime tells it, and its other hints do not', () => {
  const start = hint('container-start-failed')
  const hints = [hint('child-killed'), start]
  expect(killedAtStart.ask(seenOf({ hints }))).toMatchObject({ because: [start] })
  expect(killedAtStart.ask(seenOf({ hints: [hint('child-killed')] }))).toEqual(NOTHING)
})

test('an event tells it of a pod whose container does not run, and of no other', () => {
  const kubernetesEvents = [event('Back-off restarting failed container'), event(WORDS)]
  const waits = { pod, podContainer: podContainer({ state: oomKilled }), kubernetesEvents }
  expect(killedAtStart.ask(seenOf(waits))).toMatchObject({ because: [kubernetesEvents[1]] })
  const runs = { ...waits, podContainer: podContainer({ state: STARTED }) }
  expect(killedAtStart.ask(seenOf(runs))).toEqual(NOTHING)
})

test.each([
  ['another error of the engine', { container: seen(containerState({ error: 'no such file' })) }],
  ['a container that began', { pod, podContainer: podContainer({ state: oomKilled }) }],
])('%s tells nothing of it', (_what, known) => {
  expect(killedAtStart.ask(seenOf(known))).toEqual(NOTHING)
})
