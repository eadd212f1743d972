import { expect, test } from 'vitest'
import { incident, oomReport, seen } from '../../../test/support/incident.ts'
import { kernelNuma } from './kernel-numa.ts'

test.each([
  ['cpuset', 'the nodes of its cpuset'],
  ['memory-policy', 'the nodes of its memory policy'],
] as const)('a kill for a %s is told by what bound it: %s', (constraint, why) => {
  const given = incident({
    reports: [seen(oomReport({ constraint, oomMemcg: null, memory: null, cpuset: '/web' }))],
  })
  expect(kernelNuma.ask(given)).toMatchObject({
    answer: 'holds',
    confidence: 'certain',
    summary: `The kernel's OOM killer ended app (PID 4321) because ${why} had no memory left; other nodes may have had plenty.`,
    binding: { scope: 'numa', path: '/web', limitBytes: null },
    because: given.reports,
    against: [],
  })
})
