import { describe, expect, test } from 'vitest'
import {
  containerEvent,
  containerState,
  NOW,
  podContainer,
  podState,
  seen,
} from '../../test/support/incident.ts'
import type { Observation } from '../model/evidence.ts'
import type { PodContainer, PodContainerState } from '../model/cluster.ts'
import type { ContainerEvent, ContainerState } from '../model/facts.ts'
import { livesOf, type Life } from './lives.ts'
import { SubjectRegister } from './subjects.ts'

interface Told {
  events?: readonly Observation<ContainerEvent>[]
  states?: readonly Observation<ContainerState>[]
  pod?: PodContainer
}

function livesTold({ events = [], states = [], pod }: Told): readonly Life[] {
  const register = new SubjectRegister()
  if (pod !== undefined) register.addPod(seen(podState({ containers: [pod] })))
  for (const state of states) register.addState(state)
  for (const event of events) register.addEvent(event)
  const [record, ...others] = register.records
  if (record === undefined || others.length > 0) throw new Error('one subject is expected')
  return livesOf(record)
}

function event(action: string, at: number, change: Partial<ContainerEvent> = {}) {
  return seen(containerEvent(action, change), NOW + at, 'docker')
}

function outline(lives: readonly Life[]) {
  return lives.map(({ startedAt, ending }) => [
    startedAt === null ? null : startedAt - NOW,
    ending?.at === null || ending === null ? null : ending.at - NOW,
    ending?.exitCode ?? null,
  ])
}

const die = (at: number, exitCode: number) => event('die', at, { exitCode })

describe('events', () => {
  test('each start begins a life, and the last one goes on', () => {
    const events = [
      event('create', 0),
      event('start', 10),
      die(1_000, 137),
      event('start', 1_100),
      die(2_000, 0),
      event('start', 2_100),
    ]
    expect(outline(livesTold({ events }))).toEqual([
      [10, 1_000, 137],
      [1_100, 2_000, 0],
      [2_100, null, null],
    ])
  })

  test('come in any order', () => {
    const events = [die(1_000, 137), event('start', 1_100), event('start', 10)]
    expect(outline(livesTold({ events }))).toEqual([
      [10, 1_000, 137],
      [1_100, null, null],
    ])
  })

  test('a listing that begins with an end knows that life by its end', () => {
    expect(outline(livesTold({ events: [die(5, 137)] }))).toEqual([[null, 5, 137]])
  })

  test('creation and removal are no life', () => {
    expect(outline(livesTold({ events: [event('create', 0), event('destroy', 9)] }))).toEqual([
      [null, null, null],
    ])
  })
})

describe('who asked for an end', () => {
  const askedBy = (events: readonly Observation<ContainerEvent>[]) =>
    livesTold({ events: [event('start', 0), ...events] })[0]?.ending?.askedBy?.fact ?? null

  test.each([9, 15, 2, null])('a kill event with signal %s', (signal) => {
    expect(askedBy([event('kill', 50, { signal }), die(60, 137)])).toMatchObject({ signal })
  })

  test.each([1, 10, 28])('signal %s is a message, not a wish', (signal) => {
    expect(askedBy([event('kill', 50, { signal }), die(60, 137)])).toBeNull()
  })

  test('a kill that came after the end did not bring it about', () => {
    expect(askedBy([die(60, 137), event('kill', 160, { signal: 9 })])).not.toBeNull()
    expect(askedBy([die(60, 137), event('kill', 161, { signal: 9 })])).toBeNull()
  })

  test('Docker’s stop event follows every end of its own; Podman’s means a hand', () => {
    const stopped = (engine: 'docker' | 'podman') =>
      askedBy([event('stop', 55, { engine }), event('die', 60, { engine, exitCode: 137 })])
    expect(stopped('docker')).toBeNull()
    expect(stopped('podman')).toMatchObject({ action: 'stop' })
  })
})

describe('inspect', () => {
  const state = (change: Partial<ContainerState>) => seen(containerState(change), NOW, 'docker')

  test('tells of the life that the events told of, with the runtime’s own time', () => {
    const lives = livesTold({
      events: [event('start', 0), die(3_500, 137)],
      states: [state({ startedAt: NOW, finishedAt: NOW + 2_900 })],
    })
    expect(outline(lives)).toEqual([[0, 2_900, 137]])
    expect(lives[0]?.ending?.because.map(({ fact }) => fact.kind)).toEqual([
      'container-event',
      'container-state',
    ])
  })

  test('three seconds apart is the same end, more is another one', () => {
    const ends = (gap: number) =>
      livesTold({
        events: [die(0, 137)],
        states: [state({ startedAt: null, finishedAt: NOW + gap })],
      }).length
    expect(ends(3_000)).toBe(1)
    expect(ends(3_001)).toBe(2)
  })

  test('a running one knows the main PID of its life', () => {
    const lives = livesTold({
      events: [event('start', 0), die(10, 137), event('start', 60_000)],
      states: [state({ running: true, pid: 77, startedAt: NOW + 60_050, finishedAt: null })],
    })
    expect(lives.map(({ mainPid }) => mainPid)).toEqual([null, 77])
  })

  test('one that never ran has no end', () => {
    const created = state({ startedAt: null, finishedAt: null, exitCode: 0, running: false })
    expect(outline(livesTold({ states: [created] }))).toEqual([[null, null, null]])
  })
})

describe('a pod', () => {
  const podLife = (change: Partial<PodContainerState>): PodContainerState => ({
    phase: 'terminated',
    reason: null,
    message: null,
    exitCode: null,
    signal: null,
    startedAt: null,
    finishedAt: null,
    containerId: null,
    ...change,
  })

  test('has a last life and a present one', () => {
    const pod = podContainer({
      lastState: podLife({ exitCode: 137, startedAt: NOW - 9_000, finishedAt: NOW }),
      state: podLife({ phase: 'running', startedAt: NOW + 10_000 }),
    })
    expect(outline(livesTold({ pod }))).toEqual([
      [-9_000, 0, 137],
      [10_000, null, null],
    ])
  })

  test('times cut to the second are the engine’s own end', () => {
    const pod = podContainer({
      state: podLife({ exitCode: 137, startedAt: NOW, finishedAt: NOW + 8_000 }),
    })
    const lives = livesTold({ pod, events: [event('start', 400), die(8_700, 137)] })
    expect(outline(lives)).toEqual([[400, 8_700, 137]])
  })
})

test('where nothing is told there is one life of which nothing is known', () => {
  expect(livesTold({ pod: podContainer() })).toEqual([
    { startedAt: null, ending: null, events: [], mainPid: null },
  ])
})
