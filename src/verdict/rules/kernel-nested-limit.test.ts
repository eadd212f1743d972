import { expect, test } from 'vitest'
import { incident, oomReport, PATH, seen } from '../../../test/support/incident.ts'
import type { OomReport } from '../../model/kernel.ts'
import { kernelNestedLimit } from './kernel-nested-limit.ts'

const JOB = `${PATH}/job`

function inside(report: Partial<OomReport> = {}) {
  return incident({ reports: [seen(oomReport({ oomMemcg: JOB, taskMemcg: JOB, ...report }))] })
}

test('a kill at the limit of a group inside is not one at the limit of the container', () => {
  const given = inside()
  expect(kernelNestedLimit.ask(given)).toMatchObject({
    answer: 'holds',
    confidence: 'certain',
    summary: `The kernel's OOM killer ended app (PID 4321) at the limit of 100 MiB of ${JOB}, a group inside container web, whose own limit was not reached.`,
    binding: { scope: 'nested', path: JOB },
    because: given.reports,
    against: [],
  })
})

test.each([
  ['names nobody it killed', inside({ kills: [], missing: ['kill'] })],
  ['says that the machine ran out', inside({ constraint: 'none' })],
  ['names its own limit', incident()],
])('a report that %s tells of no kill at a limit inside', (_what, given) => {
  expect(kernelNestedLimit.ask(given)).toEqual({ answer: 'ruled-out', because: given.reports })
})
