import { expect, test } from 'vitest'
import {
  containerState,
  incident,
  NOW,
  oomReport,
  podContainer,
  podContainerState,
  reportOfUsage,
  samplesOf,
  seen,
} from '../../../test/support/incident.ts'
import { onEveryKernel, recordedCase, recordedCauses } from '../../../test/support/recorded.ts'
import { ofWorkload, revision } from '../../../test/support/workload.ts'
import { MIB } from '../../model/bytes.ts'
import { limitTooLow } from './limit-too-low.ts'

test('a container that dies within seconds of its start never fitted', async () => {
  const { causes } = await recordedCase('edge-cases/01-own-limit')
  expect(causes[0]).toMatchObject({ code: 'limit-too-low', confidence: 'likely' })
  expect(causes[0]?.summary).toContain('32 MiB within seconds of its start')
})

test.each(onEveryKernel('own-limit'))(
  'a kill whose past is not known leaves need and leak open: %s',
  async (fixture) => {
    const { causes } = await recordedCase(fixture)
    expect(causes[0]).toMatchObject({ code: 'limit-too-low', confidence: 'possible' })
  },
)

test.each([
  ...onEveryKernel('tmpfs'),
  ...onEveryKernel('host'),
  ...onEveryKernel('sysrq'),
  'edge-cases/15-cpuset-exhausted',
  'edge-cases/46-bpf-policy',
])('another reason, or no limit at all: %s', async (fixture) => {
  expect(await recordedCauses(fixture)).not.toContain('limit-too-low')
})

test('ten seconds after its start it counts as running', () => {
  const after = (ms: number) => limitTooLow.find(incident({ startedAt: NOW - ms }))?.confidence
  expect(after(9_999)).toBe('likely')
  expect(after(10_000)).toBe('possible')
})

test('a loop of kills at the start is counted', () => {
  const loop = incident({ startedAt: NOW - 500, killsInAll: 7 })
  expect(limitTooLow.find(loop)?.summary).toContain('7 times in a row')
  const once = incident({ startedAt: NOW - 500, killsInAll: 1 })
  expect(limitTooLow.find(once)?.summary).toContain('within seconds of its start: it needs')
})

test('less than half of own memory is another story', () => {
  const find = (anon: number) =>
    limitTooLow.find(incident({ reports: [seen(reportOfUsage({ anon, file: 20 }))] }))
  expect(find(50)).not.toBeNull()
  expect(find(49)).toBeNull()
})

test('a heap setting or a steady rise explains it better', () => {
  const heap = (mib: number) =>
    incident({
      container: seen(containerState({ command: ['java', `-Xmx${mib}m`] })),
    })
  expect(limitTooLow.find(heap(90))).toBeNull()
  expect(limitTooLow.find(heap(89))).not.toBeNull()
  const samples = samplesOf([10, 20, 30, 40, 50, 60, 70, 80, 90])
  expect(limitTooLow.find(incident({ samples }))).toBeNull()
})

test('a report that lost its summary still tells of a group by its counters', () => {
  const find = (memory: 'kept' | 'lost') =>
    limitTooLow.find(
      incident({
        reports: [
          seen(oomReport({ constraint: null, ...(memory === 'lost' ? { memory: null } : {}) })),
        ],
      }),
    )
  expect(find('kept')).not.toBeNull()
  expect(find('lost')).toBeNull()
})

test('a kill by hand says nothing of a limit', () => {
  const reports = [seen(oomReport({ manual: true }))]
  expect(limitTooLow.find(incident({ reports }))).toBeNull()
})

test('a release that lowered the limit is blamed before anything else', () => {
  const lowered = [revision(2, 100 * MIB), revision(1, 200 * MIB)]
  const found = limitTooLow.find(ofWorkload(lowered, { startedAt: NOW - 500 }))
  expect(found).toMatchObject({
    confidence: 'likely',
    summary: expect.stringContaining('from 200 MiB to 100 MiB: revision 2 of Deployment shop/web'),
  })
  expect(found?.because.map(({ says }) => says)).toEqual(['workload', 'kernel-oom'])
  const raised = [revision(2, 200 * MIB), revision(1, 100 * MIB)]
  expect(limitTooLow.find(ofWorkload(raised))?.summary).not.toContain('A release')
})

test('it is blamed for kills alone: of the kernel, or those that Kubernetes tells of', () => {
  const lowered = [revision(2, 100 * MIB), revision(1, 200 * MIB)]
  const ended = (reason: string) => {
    const lastState = podContainerState({ reason })
    return limitTooLow.find(
      ofWorkload(lowered, { reports: [], podContainer: podContainer({ lastState }) }),
    )
  }
  expect(ended('OOMKilled')).not.toBeNull()
  expect(ended('Error')).toBeNull()
})
