import { expect, test } from 'vitest'
import { MIB } from '../../model/bytes.ts'
import {
  containerEvent,
  containerState,
  incident,
  oomReport,
  seen,
} from '../../../test/support/incident.ts'
import { onEveryKernel, recordedCase, recordedCauses } from '../../../test/support/recorded.ts'
import { misconfiguredLimit } from './misconfigured-limit.ts'

test.each([...onEveryKernel('lowered-limit'), 'edge-cases/35-limit-lowered-live'])(
  'a limit that came down on what was in use: %s',
  async (fixture) => {
    const { causes } = await recordedCase(fixture)
    expect(causes[0]).toMatchObject({
      code: 'misconfigured-limit',
      confidence: 'certain',
      summary: expect.stringContaining('lowered to 32 MiB'),
    })
  },
)

test.each([...onEveryKernel('own-limit'), 'edge-cases/01-own-limit'])(
  'an ordinary kill at a limit contradicts nothing: %s',
  async (fixture) => {
    expect(await recordedCauses(fixture)).not.toContain('misconfigured-limit')
  },
)

test('the killer that was turned off', async () => {
  const { causes } = await recordedCase('edge-cases/22-v1-oom-kill-disabled', 'docker:stuck')
  expect(causes[0]).toMatchObject({
    code: 'misconfigured-limit',
    summary: expect.stringContaining('OOM killer is turned off'),
  })
})

test('forced charges may stand a tenth above a limit that nobody lowered', () => {
  const at = (mib: number) =>
    misconfiguredLimit.find(
      incident({
        events: [seen(containerEvent('update'))],
        reports: [
          seen(oomReport({ memory: { usageBytes: mib * MIB, limitBytes: 100 * MIB, failcnt: 1 } })),
        ],
      }),
    )
  expect(at(109)).toBeNull()
  expect(at(111)?.because.map(({ fact }) => fact.kind)).toEqual(['kernel-oom', 'container-event'])
})

test('a shared limit below the sum of the limits under it is told with both', () => {
  const below = (ownMib: number, change = {}) =>
    misconfiguredLimit.find(
      incident({
        container: seen(containerState({ memoryLimitBytes: ownMib * MIB, ...change })),
        reports: [seen(oomReport({ oomMemcg: '/docker' }))],
      }),
    )
  expect(below(200)?.summary).toMatch(/limit of its own of 200 MiB.*shared limit of 100 MiB/)
  expect(below(51)).not.toBeNull()
  expect(below(50), 'there is room for another one like it').toBeNull()
  expect(below(100), 'a pod of one container has that container’s limit').toBeNull()
})

test('a limit in which no runtime starts is a slip of the unit', () => {
  const find = (bytes: number) =>
    misconfiguredLimit.find(
      incident({
        reports: [],
        container: seen(containerState({ memoryLimitBytes: bytes })),
      }),
    )
  expect(find(6 * MIB - 1)?.summary).toContain('a unit may be wrong')
  expect(find(6 * MIB)).toBeNull()
})

test('that no limit is known is no word on whether there is one', () => {
  const reports = [seen(oomReport({ oomMemcg: '/docker' }))]
  const seenWithout = seen(containerState({ memoryLimitBytes: null }))
  const known = misconfiguredLimit.find(incident({ reports, container: seenWithout }))
  expect(known?.summary).toContain('no limit of its own')
  expect(misconfiguredLimit.find(incident({ reports, container: null }))).toBeNull()
})
