import { describe, expect, test } from 'vitest'
import { containerState, ID, NOW, oomReport, PATH, seen } from '../../test/support/incident.ts'
import { MIB } from '../model/bytes.ts'
import type { Observation, World } from '../model/evidence.ts'
import type { BlackBox } from '../model/facts.ts'
import { investigate } from './investigate.ts'

const OTHER = 'beef'.repeat(16)

function box(change: Partial<BlackBox> = {}, at = NOW - 3): Observation<BlackBox> {
  const fact: BlackBox = {
    ...{ kind: 'black-box', service: 'web', host: ID.slice(0, 12), pid: 1, path: '/' },
    ...{ tier: 'shed', usageBytes: 99 * MIB, unreclaimableBytes: 98 * MIB, limitBytes: 100 * MIB },
    ...{ heapBytes: 40 * MIB, heapLimitBytes: 256 * MIB, inFlight: 12, reservedBytes: 5 * MIB },
    ...{ stalledMs: 300, left: false, leftFor: null, ...change },
  }
  return { ...seen(fact, at, 'log'), from: `box-${at}:7` }
}

function samples(at: number): Observation {
  const none = { anonBytes: null, fileBytes: null, shmemBytes: null, swapBytes: null }
  const rest = { ...none, limitBytes: null, limitHits: null, pageMajorFaults: null }
  const fact = {
    kind: 'memory-samples',
    samples: [{ at, usageBytes: at % 1_000, ...rest }],
  } as const
  return { ...seen(fact, at, 'log'), from: `box-${at}:7` }
}

function only(...observations: Observation[]) {
  const world: World = { observations, unknown: [] }
  return investigate(world, null, { all: true })
}

const kill = seen(oomReport())

describe('what a guard wrote down', () => {
  test('is told with the kill of its container, as evidence, in the timeline, and with its course', () => {
    const [found] = only(kill, seen(containerState()), box(), samples(NOW - 3))
    expect(found?.blackBox).toMatchObject({ service: 'web', tier: 'shed', inFlight: 12 })
    const cited = found?.evidence.find(({ id }) => id === found.blackBox?.evidence)
    expect(cited?.from).toBe(`box-${NOW - 3}:7`)
    expect(found?.timeline.map(({ evidence }) => evidence)).toContain(cited?.id)
    expect(found?.course).toHaveLength(1)
  })

  test.each([
    ['memory', 75, 'runtime-out-of-memory', 'certain'],
    ['shedding', 75, 'runtime-out-of-memory', 'certain'],
    ['memory', 1, 'runtime-out-of-memory', 'likely'],
    // It was told to, or was taken before it had left.
    ['asked', 75, 'crashed', 'likely'],
    ['memory', 137, 'killed-unknown', null],
    ['memory', 0, 'exited', 'certain'],
  ])('left for %s with exit code %i: %s', (leftFor, exitCode, code, confidence) => {
    const ended = { running: false, exitCode, finishedAt: NOW, oomKilled: false }
    const [found] = only(
      seen(containerState(ended)),
      box({ tier: 'drain', left: true, leftFor }),
      samples(NOW - 3),
    )
    expect(found?.verdict.code).toBe(code)
    if (confidence !== null) expect(found?.verdict.confidence).toBe(confidence)
  })

  test.each([
    [{}, { scope: 'container', limitBytes: 100 * MIB, usageBytes: 99 * MIB }, ['raise-limit']],
    [
      { heapBytes: 255 * MIB },
      { scope: 'runtime', limitBytes: 256 * MIB },
      ['raise-runtime-limit'],
    ],
    // memory.high of its own, or a limit above.
    [{ limitBytes: 99 * MIB }, { scope: 'none', limitBytes: 99 * MIB }, []],
  ])('one that left was near to a limit: %o', (change, binding, remedies) => {
    const ended = seen(containerState({ running: false, exitCode: 75, oomKilled: false }))
    const [found] = only(ended, box({ left: true, leftFor: 'memory', ...change }))
    expect(found?.binding).toMatchObject(binding)
    const ids = found?.remedies.map(({ id }) => id) ?? []
    expect(ids.filter((id) => id.startsWith('raise-'))).toEqual(remedies)
  })

  test('of another container, or of another group, is nobody else’s', () => {
    const container = seen(containerState())
    expect(only(kill, container, box({ host: OTHER.slice(0, 12) }))[0]?.blackBox).toBeNull()
    expect(only(kill, box({ host: null, path: '/other' }))[0]?.blackBox).toBeNull()
  })

  test('belongs to the group that it names, and to the only subject where it names none', () => {
    expect(only(kill, box({ host: 'machine', path: PATH }))[0]?.blackBox?.service).toBe('web')
    expect(only(kill, box({ host: 'machine', path: '/' }))[0]?.blackBox?.service).toBe('web')
  })

  test('of the life after the kill, which began in the same place, is not told; the one before it is', () => {
    const [found] = only(kill, box({ pid: 8 }, NOW + 5_000), box({ pid: 7 }), samples(NOW - 3))
    expect(found?.blackBox?.pid).toBe(7)
  })
})
