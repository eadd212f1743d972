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

  it('of several instances has the usual of the newest pauses, as often as there are instances', () => {
    const paced = (instances: number, ...pauses: number[]) =>
      restartCycle({ tasksOfApp: series(...pauses), marathon: app({ instances }) })
    expect(paced(2, 10, 90, 40, 60, 20, 80, 50)).toMatchObject({
      firstPeriodMs: 20_000,
      // Of the newest six, 55 seconds lie in the middle.
      periodMs: 110_000,
    })
    expect(paced(2, 500, 500, 500, 500, 500, 500, 10, 10, 10, 10, 10, 10)?.periodMs).toBe(20_000)
    expect(paced(0, 10, 10, 30)).toMatchObject({ firstPeriodMs: 10_000, periodMs: 30_000 })
  })

  it('runs as long as the newest of its tasks usually did', () => {
    const tasksOfApp = [900, 800, 7, 40, 5].map((seconds, index) =>
      ended(`shop.${index}`, START + index * 1_000_000, seconds * 1_000),
    )
    expect(restartCycle({ tasksOfApp, marathon: null })?.runMs).toBe(7_000)
  })

  it('is made of failures that have a name and a time, in their order, whoever told them first', () => {
    const [first, second, third] = series(10, 20)
    if (first === undefined || second === undefined || third === undefined) return
    const others = [
      { ...second, fact: { ...second.fact, taskId: 'shop.9', state: 'TASK_KILLED' } },
      { ...second, fact: { ...second.fact, taskId: null } },
      { ...second, fact: { ...second.fact, taskId: 'shop.8' }, at: null },
    ]
    const cycle = restartCycle({ tasksOfApp: [third, ...others, first, second], marathon: null })
    expect(cycle?.ends.map(({ fact }) => fact.taskId)).toEqual(['shop.0', 'shop.1', 'shop.2'])
    expect(cycle).toMatchObject({ firstPeriodMs: 10_000, periodMs: 20_000, runMs: null })
  })

  it('ends where the pause was longer than an hour and what a task takes', () => {
    const ends = (pause: number) =>
      restartCycle({ tasksOfApp: series(pause, 10, 10), marathon: null })?.ends.length
    expect([ends(4_200), ends(4_201)]).toEqual([4, 3])
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

it.each([
  [[5, 5], 'every 5 s'],
  [[9.94, 9.94], 'every 9.9 s'],
  [[10, 10], 'every 10 s'],
  [[599, 599], 'every 599 s'],
  [[600, 600], 'every 10 minutes'],
  [[100, 131], 'first every 100 s and now every 131 s'],
  [[100, 130], 'every 130 s'],
])('its pauses of %j s are told: %s', (pauses, says) => {
  expect(cycleInWords(incident({ tasksOfApp: series(...pauses) }))).toContain(`other, ${says}.`)
})

it.each([
  [{ delaySeconds: 12, overdue: false }, ', and is to wait 12 s more now'],
  [{ delaySeconds: 12, overdue: true }, null],
  [{ delaySeconds: 0, overdue: false }, null],
  [{ delaySeconds: null, overdue: false }, null],
])('what Marathon still waits is told where it does: %j', (launch, says) => {
  const tasksOfApp = series(94, 94, 94)
  const queued = { kind: 'marathon-launch', app: '/shop', count: 1, ...launch } as const
  const told = cycleInWords(incident({ tasksOfApp, launch: seen(queued) }))
  expect(told.includes('is to wait')).toBe(says !== null)
  expect(told).toContain(says ?? 'every 94 s.')
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
