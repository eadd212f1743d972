import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { incident, seen } from '../../test/support/incident.ts'
import type { MarathonApp, MesosTaskUpdate } from '../model/cluster.ts'
import type { Observation } from '../model/evidence.ts'
import { cycleInWords, restartCycle } from './restart-cycle.ts'

const START = Date.UTC(2026, 0, 1)

function ended(
  task: string,
  at: number,
  ranMs: number | null = null,
): Observation<MesosTaskUpdate> {
  const fact: MesosTaskUpdate = {
    kind: 'mesos-task',
    taskId: task,
    app: '/shop',
    state: 'TASK_FAILED',
    reason: null,
    requestedBytes: null,
    maxUsedBytes: null,
    containerId: null,
    host: null,
    memoryLimitExceeded: false,
    startedAt: ranMs === null ? null : at - ranMs,
    exitCode: null,
    signal: null,
  }
  return { ...seen(fact), at }
}

function app(change: Partial<MarathonApp>): Observation<MarathonApp> {
  return seen({
    kind: 'marathon-app',
    app: '/shop',
    memoryBytes: null,
    instances: 1,
    command: [],
    env: [],
    image: null,
    containerizer: null,
    executorBytes: null,
    burst: null,
    cpus: null,
    backoff: null,
    lastTaskFailure: null,
    ...change,
  })
}

/** Ends after these pauses, in seconds. */
function series(...pauses: number[]): Observation<MesosTaskUpdate>[] {
  let at = START
  return [0, ...pauses].map((pause, index) => {
    at += pause * 1_000
    return ended(`shop.${index}`, at)
  })
}

describe('a loop', () => {
  it.each([
    ['two ends are none', series(60)],
    ['ends that lie far apart are none', series(86_400, 86_400, 86_400)],
  ])('%s', (_, tasksOfApp) => {
    expect(restartCycle({ tasksOfApp, marathon: null })).toBeNull()
  })

  it('is the newest series alone', () => {
    const tasksOfApp = series(10, 10, 90_000, 20, 30)
    const cycle = restartCycle({ tasksOfApp, marathon: null })
    expect(cycle?.ends.map(({ fact }) => fact.taskId)).toEqual(['shop.3', 'shop.4', 'shop.5'])
    expect(cycle).toMatchObject({ firstPeriodMs: 20_000, periodMs: 30_000 })
  })

  it('counts a task once, however many sources tell of it, and keeps the one that knows its start', () => {
    const tasksOfApp = series(50, 60).flatMap((one) => [
      one,
      ended(one.fact.taskId ?? '', one.at ?? 0, 5_000),
    ])
    expect(restartCycle({ tasksOfApp, marathon: null })).toMatchObject({
      ends: { length: 3 },
      runMs: 5_000,
    })
  })

  it('of several instances comes round for each of them', () => {
    const tasksOfApp = series(10, 10, 10, 10, 10)
    const cycle = restartCycle({ tasksOfApp, marathon: app({ instances: 2 }) })
    expect(cycle?.periodMs).toBe(20_000)
  })

  it('may have pauses as long as Marathon waits at most', () => {
    const backoff = { seconds: 1, factor: 2, mostSeconds: 100 }
    const tasksOfApp = series(650, 650, 650)
    const of = (one: typeof backoff) =>
      restartCycle({ tasksOfApp, marathon: app({ backoff: one }) })
    expect(of(backoff)?.ends).toHaveLength(4)
    expect(of({ ...backoff, mostSeconds: 10 })).toBeNull()
  })

  it('has a pause and a time to run that are no more than what was seen', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.integer({ min: 1, max: 3_600 }), fc.integer({ min: 0, max: 3_600 }))),
        (steps) => {
          let at = START
          const tasksOfApp = steps.map(([pause, ran], index) =>
            ended(`shop.${index}`, (at += pause * 1_000), ran * 1_000),
          )
          const cycle = restartCycle({ tasksOfApp, marathon: null })
          expect(cycle === null).toBe(steps.length < 3)
          if (cycle === null) return
          expect(cycle.periodMs).toBe((steps.at(-1)?.[0] ?? 0) * 1_000)
          expect(cycle.runMs).toBeLessThanOrEqual(Math.max(...steps.map(([, ran]) => ran * 1_000)))
        },
      ),
    )
  })
})

it('is told with what Marathon does in between, and nothing is made up', () => {
  const tasksOfApp = series(94, 94, 94)
  const plain = cycleInWords(incident({ tasksOfApp }))
  expect(plain).toContain('4 tasks failed one after the other, every 94 s.')
  const backoff = { seconds: 2, factor: 1.5, mostSeconds: 300 }
  const told = cycleInWords(incident({ tasksOfApp, marathon: app({ backoff, cpus: 0.5 }) }))
  expect(told).toContain('(2 s, 1.5 times as long after each failure, 300 s at most)')
  expect(told).toContain('between nothing and 0.5 CPU')
  expect(cycleInWords(incident({ tasksOfApp: series(94) }))).toBe('')
})
