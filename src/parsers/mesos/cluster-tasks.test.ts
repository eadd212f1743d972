import fc from 'fast-check'
import { expect, it } from 'vitest'
import { fixture, readMesos } from '../../../fixtures/mesos/read.ts'
import { executorsIn, mesosTasks } from './cluster-tasks.ts'

const NEWEST = 'app-oom.4af344fa-3158-11e8-b60b-a2f459e14528'
const ORIGIN = { from: 'file', readAt: null, source: null }

it.each(['cluster/tasks.json', 'cluster/state.json'])(
  '%s tells when a task began to run and when it ended, in Unix time',
  (name) => {
    const seen = readMesos(fixture(name))
    const at = Date.UTC(2018, 2, 27, 0, 46, 36, 948)
    expect(seen.find(({ fact }) => 'taskId' in fact && fact.taskId === NEWEST)).toMatchObject({
      source: 'mesos',
      at,
      fact: { app: '/app-oom', state: 'TASK_FAILED', startedAt: at - 4_700 },
    })
    expect(seen.some(({ fact }) => 'state' in fact && fact.state === 'TASK_RUNNING')).toBe(true)
  },
)

it('an agent tells the container and the sandbox of each executor', () => {
  const executor = executorsIn(fixture('cluster/state.json')).find(({ id }) => id === NEWEST)
  expect(executor?.containerId).toMatch(/^2f7b8f3c/)
  expect(executor?.directory).toContain(`/executors/${NEWEST}/runs/`)
})

it('does not say why a task ended, for Mesos does not keep it', () => {
  for (const { fact } of readMesos(fixture('cluster/tasks.json'))) {
    expect(fact).toMatchObject({ memoryLimitExceeded: false, exitCode: null, signal: null })
  }
})

it('never throws', () => {
  fc.assert(
    fc.property(fc.json(), fc.json(), (tasks, frameworks) => {
      const text = `{"pid":"slave(1)","hostname":1,"tasks":${tasks},"frameworks":${frameworks}}`
      expect(mesosTasks.recognise(text, 'file')).toBe(true)
      expect(mesosTasks.parse(text, ORIGIN)).toBeInstanceOf(Array)
      expect(executorsIn(text)).toBeInstanceOf(Array)
    }),
  )
})

it('a time that no calendar has is not known', () => {
  const text = fixture('cluster/tasks.json').replaceAll(
    /"timestamp": [\d.]+/g,
    '"timestamp": 1e300',
  )
  const read = readMesos(text)
  expect(read.length).toBeGreaterThan(0)
  for (const { at, fact } of read) {
    expect(at).toBeNull()
    expect('startedAt' in fact ? fact.startedAt : null).toBeNull()
  }
})
