import { expect, test } from 'vitest'
import { incident, oomReport, seen } from '../../../test/support/incident.ts'
import { kernelBpfPolicy } from './kernel-bpf-policy.ts'

test.each([
  ['with the name of its reason', 'CONSTRAINT_BPF_PSI_MEM', ' (CONSTRAINT_BPF_PSI_MEM)'],
  ['without one', null, ''],
])('a BPF policy kills without a limit, and is told %s', (_how, constraintWord, word) => {
  const given = incident({ reports: [seen(oomReport({ constraint: 'bpf', constraintWord }))] })
  expect(kernelBpfPolicy.ask(given)).toMatchObject({
    answer: 'holds',
    confidence: 'certain',
    summary: `A BPF out-of-memory policy${word} ended app (PID 4321) of container web; no limit had to be reached for that.`,
    binding: { scope: 'userspace', limitBytes: null },
    because: given.reports,
    against: [],
  })
})
