import fc from 'fast-check'
import { expect, it } from 'vitest'

import { fixture, readMesos } from '../../../fixtures/mesos/read.ts'
import { marathonJson } from './marathon-json.ts'

const MIB = 2 ** 20

it('tells what an app asks for, in MiB, and how its last task ended', () => {
  expect(readMesos(fixture('app.json'))).toMatchObject([
    {
      source: 'marathon',
      fact: {
        app: '/app-oom',
        memoryBytes: 32 * MIB,
        instances: 1,
        command: ['chmod u+x oomApp && ./oomApp'],
        containerizer: 'mesos',
        lastTaskFailure: { host: '192.0.2.33', at: Date.UTC(2018, 2, 27, 0, 46, 36, 948) },
      },
    },
    {
      at: Date.UTC(2018, 2, 27, 0, 46, 36, 948),
      // The app's 32 MiB and those of the executor.
      fact: { kind: 'mesos-task', app: '/app-oom', requestedBytes: 64 * MIB },
    },
  ])
})

it('finds apps in groups', () => {
  expect(readMesos(fixture('groups.json'))).toMatchObject([
    {
      fact: {
        app: '/shop/cart',
        memoryBytes: 256.5 * MIB,
        containerizer: 'docker',
        image: 'shop/cart:17',
        command: ['serve', '--port', '80'],
      },
    },
  ])
})

it('reads a definition as it lies on disk', () => {
  const definition = '{"id": "app-oom", "cmd": "./oomApp", "cpus": 1, "mem": 32}'
  expect(readMesos(definition)).toMatchObject([
    { fact: { app: '/app-oom', memoryBytes: 32 * MIB, instances: null, lastTaskFailure: null } },
  ])
})

it('tells a task of the API that has failed', () => {
  const id = 'app-oom.4af344fa-3158-11e8-b60b-a2f459e14528'
  const tasks = {
    tasks: [{ id, appId: '/app-oom', host: 'h', slaveId: 'S3', state: 'TASK_FAILED' }],
  }
  expect(readMesos(JSON.stringify(tasks))).toMatchObject([
    { fact: { taskId: id, state: 'TASK_FAILED', host: 'h', memoryLimitExceeded: false } },
  ])
})

it.each(['[{"Id":"abc","HostConfig":{"Memory":0}}]', '{"kind":"Pod"}', 'id: mem'])(
  'leaves %s alone',
  (text) => {
    expect(marathonJson.recognise(text, 'file')).toBe(false)
  },
)

it('never throws', () => {
  const origin = { from: 'file', readAt: null, source: null }
  fc.assert(
    fc.property(fc.json(), (json) => {
      const app = `{"id":"/a","mem":1,"lastTaskFailure":${json},"container":${json},"args":${json}}`
      for (const { fact } of marathonJson.parse(app, origin))
        expect(fact.kind === 'marathon-app' ? fact.app : '/a').toBe('/a')
    }),
  )
})

it.each([1e300, 2 ** 40, -1])(
  '%d MiB is no memory that a machine has, and nothing is made of it',
  (mem) => {
    const read = readMesos(JSON.stringify({ id: '/web', cmd: 'serve', instances: 1, mem }))
    expect(read.filter(({ fact }) => fact.kind === 'marathon-app')).toEqual([])
    const bounded = readMesos(
      JSON.stringify({
        ...{ id: '/web', cmd: 'serve', instances: 1, mem: 32 },
        resourceLimits: { mem },
        executorResources: { mem },
      }),
    )
    expect(bounded).toMatchObject([
      { fact: { memoryBytes: 32 * MIB, burst: null, executorBytes: 32 * MIB } },
    ])
  },
)
