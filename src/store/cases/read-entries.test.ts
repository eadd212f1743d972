import { expect, it } from 'vitest'
import { sampleCase } from '../../../test/support/sample-case.ts'
import { caseDocument } from '../../investigate/case-document.ts'
import type { Case } from '../../model/case.ts'
import type { Warning } from '../../model/warning.ts'
import { entryDocument } from './entry-json.ts'
import { readJournalEntry } from './read-entries.ts'

const ENTRY = entryDocument({
  kind: 'case',
  at: Date.UTC(2026, 4, 1),
  incident: 'boot-1',
  revision: 1,
  case: sampleCase(),
})

function caseWith(binding: Partial<Case['binding']>): object {
  const found = sampleCase()
  return caseDocument({ ...found, binding: { ...found.binding, ...binding } })
}

function warningWith(change: Partial<Warning>): object {
  const { subject } = sampleCase()
  const warning: Warning = {
    ...{ subject, path: '/docker/c0ffee', level: 'critical', says: 'it is nearly full' },
    ...{ usedBytes: 1_900, limitBytes: 2_000, secondsToLimit: null, bill: null },
    ...change,
  }
  return entryDocument({ kind: 'warning', at: Date.UTC(2026, 4, 1), warning })
}

/** As it comes in over HTTP. */
function read(json: string): unknown {
  return readJournalEntry(JSON.parse(json))
}

it('an entry of another host is read as it was written', () => {
  expect(read(JSON.stringify(ENTRY))).toMatchObject({ incident: 'boot-1', revision: 1 })
})

it('one that is nested without end is none, and does no harm', () => {
  const deep = '['.repeat(200_000) + ']'.repeat(200_000)
  expect(read(deep)).toBeNull()
  expect(read(JSON.stringify({ ...ENTRY, more: 'DEEP' }).replace('"DEEP"', deep))).toBeNull()
})

it.each([
  ['a case', { ...ENTRY, case: caseWith({ limitBytes: -1 }) }],
  ['a warning', warningWith({ limitBytes: -1 })],
  ['a warning', warningWith({ usedBytes: -1 })],
])('%s with a size below nothing is none', (_, entry) => {
  expect(read(JSON.stringify(entry))).toBeNull()
})

it('a warning is read as it was written', () => {
  expect(read(JSON.stringify(warningWith({})))).toMatchObject({ warning: { limitBytes: 2_000 } })
})

it.each([0, -1, 1.5, 2 ** 31, 1e300])('there is no revision %d', (revision) => {
  expect(read(JSON.stringify({ ...ENTRY, revision }))).toBeNull()
})
