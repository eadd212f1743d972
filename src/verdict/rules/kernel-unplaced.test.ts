import { expect, test } from 'vitest'
import { containerState, incident, oomReport, seen } from '../../../test/support/incident.ts'
import { MIB } from '../../model/bytes.ts'
import type { OomReport } from '../../model/kernel.ts'
import type { Incident } from '../incident.ts'
import { kernelUnplaced } from './kernel-unplaced.ts'

/** A kill of which the line that names the limit is lost. */
function unplaced(report: Partial<OomReport> = {}): Incident {
  const fact = oomReport({
    constraint: null,
    oomMemcg: null,
    memory: null,
    missing: ['header', 'summary'],
    ...report,
  })
  return incident({
    reports: [seen(fact)],
    container: seen(containerState()),
    suppressed: [seen({ kind: 'suppressed-reports', count: 3, bootSeconds: null })],
  })
}

test('a kill without its limit is possibly one at the limit of the container, and names what was left out', () => {
  const given = unplaced()
  expect(kernelUnplaced.ask(given)).toEqual({
    answer: 'holds',
    confidence: 'possible',
    summary:
      "The kernel's OOM killer ended app (PID 4321) of container web; the log does not say any more which limit was reached.",
    mainProcessDied: true,
    binding: expect.objectContaining({ scope: 'container', limitBytes: 100 * MIB }),
    because: [...given.reports, ...given.suppressed],
    against: [],
  })
})

test.each<[string, Incident]>([
  ['the kernel did not report', incident({ reports: [] })],
  ['the report knows of no kill', unplaced({ kills: [] })],
  ['the limit of a group was reached', unplaced({ constraint: 'memcg' })],
  ['the machine ran out', unplaced({ constraint: 'none' })],
  ['the nodes of a cpuset ran out', unplaced({ constraint: 'cpuset' })],
])('%s: that is no kill of which the limit is lost', (_what, given) => {
  expect(kernelUnplaced.ask(given)).toEqual({ answer: 'not-shown' })
})
