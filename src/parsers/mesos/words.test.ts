import fc from 'fast-check'
import { expect, it } from 'vitest'

import { parseMesosBytes } from './bytes.ts'
import { readLimitMessage } from './limit-message.ts'
import { parseTaskId } from './task-id.ts'

const UUID = '4af344fa-3158-11e8-b60b-a2f459e14528'

it.each([
  [`app-oom.${UUID}`, '/app-oom'],
  [`group_app.${UUID}`, '/group/app'],
  [`a_b_web-1.v2.${UUID}`, '/a/b/web-1.v2'],
  [`db.${UUID}.3`, '/db'],
  [`app-oom.instance-${UUID}._app.1`, '/app-oom'],
  [`group_app.instance-${UUID}._app.12`, '/group/app'],
  [`group_pod.instance-${UUID}.sidecar`, '/group/pod'],
  [`app.marathon-${UUID}._app.1`, '/app'],
])('task %s belongs to app %s', (taskId, app) => {
  expect(parseTaskId(taskId)).toEqual({ app, instance: UUID })
})

it.each(['spark-driver-1', 'app-oom', UUID, `.${UUID}`, ''])(
  'task %j is none of Marathon',
  (taskId) => {
    expect(parseTaskId(taskId)).toBeNull()
  },
)

it('finds the app again that Marathon made a task id of', () => {
  const segment = fc.stringMatching(/^[a-z0-9]([a-z0-9-]{0,10}[a-z0-9])?$/)
  fc.assert(
    fc.property(fc.array(segment, { minLength: 1, maxLength: 5 }), fc.uuid(), (path, uuid) => {
      const app = `/${path.join('/')}`
      const safe = path.join('_')
      expect(parseTaskId(`${safe}.${uuid}`)?.app).toBe(app)
      expect(parseTaskId(`${safe}.instance-${uuid}._app.1`)?.app).toBe(app)
    }),
  )
})

it.each([
  ['64MB', 64 * 2 ** 20],
  ['1GB', 2 ** 30],
  ['66338816B', 66_338_816],
  ['4KB', 4_096],
  ['0B', 0],
  ['2TB', 2 ** 41],
])('%s is %d bytes: the units of Mesos are binary', (text, value) => {
  expect(parseMesosBytes(text)).toBe(value)
})

it.each(['64', '64Mi', '64 MB', '-1MB', 'MB', '', '64MB)'])('%j is no size of Mesos', (text) => {
  expect(parseMesosBytes(text)).toBeNull()
})

it('reads sizes only from a message about the memory limit', () => {
  expect(readLimitMessage('Memory limit exceeded: Requested: 64MB Maximum Used: 63.5MB')).toEqual({
    memoryLimitExceeded: true,
    requestedBytes: 64 * 2 ** 20,
    maxUsedBytes: null,
  })
  expect(readLimitMessage('Disk usage exceeded: Requested: 64MB')).toEqual({
    memoryLimitExceeded: false,
    requestedBytes: null,
    maxUsedBytes: null,
  })
})
