import { expect, test } from 'vitest'
import { incident, oomReport, seen } from '../../../test/support/incident.ts'
import { onEveryKernel, recordedCase, recordedCauses } from '../../../test/support/recorded.ts'
import { unknownCause } from './unknown.ts'

test.each(['edge-cases/15-cpuset-exhausted', 'edge-cases/16-memory-policy'])(
  'a report that shows tasks is not said to show none: %s',
  async (fixture) => {
    const { causes, processes } = await recordedCase(fixture)
    expect(processes.length).toBeGreaterThan(0)
    expect(causes).toMatchObject([{ code: 'unknown', confidence: 'possible' }])
    expect(causes[0]?.summary).not.toContain('task table')
  },
)

test.each(['own-limit', 'tmpfs', 'host', 'ancestor-limit'].flatMap(onEveryKernel))(
  'it is never told beside a cause: %s',
  async (fixture) => {
    const causes = await recordedCauses(fixture)
    expect(causes.length).toBeGreaterThan(0)
    expect(causes).not.toContain('unknown')
  },
)

test.each(onEveryKernel('sysrq'))(
  'a kill by hand needs no reason in memory: %s',
  async (fixture) => {
    expect(await recordedCauses(fixture)).toEqual([])
  },
)

test('a report that is but a kill line says what is missing', () => {
  const bare = oomReport({ stat: new Map(), processes: [] })
  expect(unknownCause.find(incident({ reports: [seen(bare)] }))?.summary).toContain(
    'neither statistics of the group nor a task table',
  )
})

test('without a kill there is nothing to explain', () => {
  expect(unknownCause.find(incident({ reports: [] }))).toBeNull()
})
