import fc from 'fast-check'
import { expect, it } from 'vitest'

import { fixture, readMesos } from '../../../fixtures/mesos/read.ts'
import { marathonLog } from './marathon-log.ts'

const TASK = 'app-oom.4af344fa-3158-11e8-b60b-a2f459e14528'

it('tells a task at its memory limit from one that ended otherwise', () => {
  expect(readMesos(fixture('marathon.log'))).toMatchObject([
    {
      source: 'marathon',
      from: 'file:2',
      at: Date.UTC(2018, 2, 27, 0, 46, 36, 960),
      fact: {
        taskId: TASK,
        app: '/app-oom',
        state: 'TASK_FAILED',
        memoryLimitExceeded: true,
        requestedBytes: 67_108_864,
        maxUsedBytes: 67_108_864,
        host: null,
      },
    },
    {
      fact: {
        app: '/shop/cart',
        memoryLimitExceeded: true,
        requestedBytes: null,
        maxUsedBytes: null,
      },
    },
    { fact: { app: '/web', memoryLimitExceeded: false } },
  ])
})

it('quotes the statistics with the line they belong to', () => {
  const [first, second] = readMesos(fixture('marathon.log'))
  expect(first?.excerpt).toContain('rss 66338816')
  expect(second?.excerpt).toContain('kernel: 1536KB')
  expect(second?.excerpt).not.toContain('Command terminated')
})

it.each([
  `[2018-03-27 00:46:36,960] INFO  Acknowledge status update for task ${TASK}: TASK_FAILED (Memory limit exceeded: Requested: 64MB Maximum Used: 64MB`,
  `[2018-03-27 00:46:36,960] INFO  Acknowledge status update for task ${TASK}: TASK_FAILED (Memory limit exceeded: Requested: 64MB Maximum Used: 64MB)`,
  `[2016-03-27 00:46:36,960] INFO Received status update for task ${TASK}: TASK_FAILED (Memory limit exceeded: Requested: 64MB Maximum Used: 64MB (mesosphere.marathon.MarathonScheduler)`,
])('reads the line whole, cut, or of an older version: %s', (line) => {
  expect(readMesos(line)[0]?.fact).toMatchObject({ taskId: TASK, requestedBytes: 67_108_864 })
})

it('says nothing of a task that runs', () => {
  const line = `[2018-03-27 00:46:30,112] INFO  Acknowledge status update for task ${TASK}: TASK_RUNNING ()`
  expect(readMesos(line)).toEqual([])
})

it('never throws, and invents no size', () => {
  const origin = { from: 'file', readAt: null, source: null }
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (message) => {
      const line = `[2018-03-27 00:46:36,960] INFO  Acknowledge status update for task ${TASK}: TASK_FAILED (${message}`
      for (const { fact } of marathonLog.parse(line, origin)) {
        if (fact.kind === 'mesos-task' && !message.includes('Requested: '))
          expect(fact.requestedBytes).toBeNull()
      }
    }),
  )
})
