import { expect, test } from 'vitest'
import type { LabCheck } from '../../labs/check.ts'
import { checkResultDocument } from '../../labs/documents.ts'
import type { CheckResult } from '../../labs/judge.ts'
import type { LabDocument } from '../../server/lab-contract.ts'
import { createWatched } from './watched.ts'

const result = (name: string, how: string): CheckResult => ({
  name,
  title: name,
  todo: 'mend it',
  ok: how === '',
  how,
  actual: how === '' ? 'well' : how,
  expected: 'well',
})

function lab(...checks: readonly CheckResult[]): LabDocument {
  return {
    schema: 'stella.lab-room/1',
    ...{
      id: 'one',
      title: 'One',
      teaches: 'Tell one end from another.',
      minutes: 1,
      difficulty: 1,
      backends: ['cgroup'],
    },
    ...{ budgetBytes: 0, stableSeconds: 10, ttlMinutes: 120, state: 'open' },
    ...{ doing: null, trouble: null },
    record: { starts: 1, attempts: 0, hints: 0, solved: 0, bestSeconds: null },
    open: {
      ...{ backend: 'cgroup', folder: '/', solvedAt: null, challenge: '', names: {} },
      startedAt: '2026-11-22T00:00:00.000Z',
      endsAt: '2026-11-22T02:00:00.000Z',
      ...{ questions: [], attempts: 0, hints: [] },
      checks: checks.map(checkResultDocument),
    },
  }
}

function check(...checks: readonly CheckResult[]): LabCheck {
  const state: LabCheck['state'] = {
    ...{ schema: 'stella.lab-state/1', id: 'one', backend: 'cgroup', phase: 'open', fault: null },
    ...{ startedAt: 0, endsAt: 0, baseline: {}, answers: {}, hints: [], attempts: 0 },
    solvedAt: null,
  }
  return { passed: checks.every(({ ok }) => ok), checks, isCounted: true, state }
}

const runs = result('runs', '')
const still = result('forecast', '')
const grows = result('forecast', 'grows')

test('what did not hold while it was watched does not hold, however it looks at one moment', () => {
  const watched = createWatched()
  expect(watched.over(lab(runs, still))).toEqual(lab(runs, still))
  watched.take(check(runs, grows))
  expect(watched.over(lab(runs, still))).toEqual(lab(runs, grows))
  watched.take(check(runs, still))
  expect(watched.over(lab(runs, still))).toEqual(lab(runs, still))
})

test('as soon as the lab stands otherwise, it may have been mended', () => {
  const watched = createWatched()
  watched.over(lab(runs, still))
  watched.take(check(runs, grows))
  const ended = result('runs', 'ended')
  expect(watched.over(lab(ended, still))).toEqual(lab(ended, still))
  expect(watched.over(lab(runs, still))).toEqual(lab(runs, still))
})
