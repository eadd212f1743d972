import fc from 'fast-check'
import { expect, it } from 'vitest'

import { fixture, readMesos } from '../../../fixtures/mesos/read.ts'
import { mesosAgentLog } from './agent-log.ts'

const CONTAINER = '2f7b8f3c-1d52-4c3f-9e1e-51a9f1a6000'

it('tells which container was at which limit, on which machine', () => {
  expect(readMesos(fixture('agent.log'))).toMatchObject([
    {
      source: 'mesos',
      from: 'file:5',
      at: null,
      fact: {
        containerId: `${CONTAINER}1`,
        memoryLimitExceeded: true,
        requestedBytes: 67_108_864,
        maxUsedBytes: 67_108_864,
        host: 'agent-3',
      },
    },
    { fact: { containerId: `${CONTAINER}1`, memoryLimitExceeded: true, requestedBytes: null } },
    { fact: { app: '/app-oom', state: 'TASK_FAILED', memoryLimitExceeded: false } },
    // cgroup v2, whose isolator leaves a space out.
    { fact: { containerId: `${CONTAINER}3`, memoryLimitExceeded: true } },
    // Only that a listener was woken up, which the end of any container does.
    { fact: { containerId: `${CONTAINER}4`, memoryLimitExceeded: false } },
  ])
})

it('says nothing of a container at its disk limit', () => {
  const seen = readMesos(fixture('agent.log'))
  expect(seen.some(({ excerpt }) => excerpt.includes(`${CONTAINER}2`))).toBe(false)
})

it('does not give the sizes of one container to another that another thread speaks of', () => {
  const log = [
    `I0327 00:46:36.801111  2101 memory.cpp:671] OOM detected for container ${CONTAINER}1`,
    'I0327 00:46:36.802222  2102 memory.cpp:712] Memory limit exceeded: Requested: 64MB Maximum Used: 64MB',
  ].join('\n')
  expect(readMesos(log)).toMatchObject([
    { fact: { containerId: null, requestedBytes: 67_108_864 } },
  ])
})

it('never throws', () => {
  const origin = { from: 'file', readAt: null, source: null }
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      const line = `I0327 00:46:36.802222  2102 memory.cpp:712] ${text}`
      expect(mesosAgentLog.parse(line, origin).length).toBeLessThanOrEqual(1)
    }),
  )
})
