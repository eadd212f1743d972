import { expect, test } from 'vitest'
import { MIB } from '../../model/bytes.ts'
import type { MesosTaskUpdate } from '../../model/cluster.ts'
import { incident, seen } from '../../../test/support/incident.ts'
import { onEveryKernel, recordedCase, recordedCauses } from '../../../test/support/recorded.ts'
import { executorOverhead } from './executor-overhead.ts'

test('with the app’s definition the 32 MiB of the executor are certain', async () => {
  const { causes } = await recordedCase('edge-cases/60-marathon-executor-overhead')
  expect(causes).toMatchObject([{ code: 'executor-overhead', confidence: 'certain' }])
  expect(causes[0]?.summary).toMatch(/64 MiB is the app's 32 MiB plus 32 MiB/)
})

test('the agent’s log alone leaves them possible', async () => {
  const { causes } = await recordedCase('mesos/agent.log')
  expect(causes).toMatchObject([{ code: 'executor-overhead', confidence: 'possible' }])
})

test.each(onEveryKernel('own-limit'))('without Mesos there is no executor: %s', async (fixture) => {
  expect(await recordedCauses(fixture)).not.toContain('executor-overhead')
})

function task(requestedBytes: number | null, memoryLimitExceeded: boolean): MesosTaskUpdate {
  return {
    kind: 'mesos-task',
    taskId: 'shop.1',
    app: '/shop',
    state: 'TASK_FAILED',
    reason: null,
    requestedBytes,
    maxUsedBytes: null,
    containerId: null,
    host: null,
    memoryLimitExceeded,
    startedAt: null,
    exitCode: null,
    signal: null,
  }
}

test('a limit of 32 MiB and less cannot hold an executor’s share', () => {
  const find = (bytes: number | null, exceeded = true) =>
    executorOverhead.find(incident({ mesos: [seen(task(bytes, exceeded))] }))
  expect(find(33 * MIB)?.summary).toContain("the app's 1 MiB")
  expect(find(32 * MIB)).toBeNull()
  expect(find(null)).toBeNull()
  expect(find(64 * MIB, false), 'a task that failed otherwise').toBeNull()
})
