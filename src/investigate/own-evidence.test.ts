import { expect, test } from 'vitest'
import { sampleCase } from '../../test/support/sample-case.ts'
import type { Observation } from '../model/evidence.ts'
import type { Fact } from '../model/facts.ts'
import { areSameCases, ownEvidence } from './own-evidence.ts'

const EXIT: Fact = { kind: 'exit-status', exitCode: 137, signal: null }
const COVERAGE: Fact = {
  kind: 'kernel-log-coverage',
  lines: 9,
  firstBootSeconds: null,
  lastBootSeconds: null,
  firstAt: null,
  lastAt: null,
  truncated: false,
}

function seen(from: string, fact: Fact): Observation {
  return { source: 'kmsg', at: 1, says: 'killed', excerpt: 'Killed process 1', from, fact }
}

test('what a case cites stays, the kills of neighbours go, and the log is still known to have been read', () => {
  const { fact: _, ...cited } = seen('kernel.log:1', EXIT)
  const found = sampleCase({ evidence: [{ id: 'e1', ...cited }] })
  const world = {
    observations: [
      seen('kernel.log:1', EXIT),
      seen('kernel.log:50', EXIT),
      seen('kernel.log:1', COVERAGE),
    ],
    unknown: ['journal'],
  }
  expect(ownEvidence(world, [found])).toEqual({
    observations: [world.observations[0], world.observations[2]],
    unknown: ['journal'],
  })
})

test('cases are the same when incidents and verdicts are', () => {
  const verdict = { ...sampleCase().verdict, code: 'oom-host' } as const
  expect(areSameCases([sampleCase()], [sampleCase({ remedies: [] })])).toBe(true)
  expect(areSameCases([sampleCase()], [sampleCase({ id: 'c_other' })])).toBe(false)
  expect(areSameCases([sampleCase()], [sampleCase({ verdict })])).toBe(false)
  expect(areSameCases([sampleCase()], [])).toBe(false)
})
