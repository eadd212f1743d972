import { expect, test } from 'vitest'
import { sampleCase } from '../../test/support/sample-case.ts'
import { caseDocument, casesDocument } from './case-document.ts'
import { readCases } from './case-reader.ts'

test('times are RFC 3339 in UTC, and what is not known is null', () => {
  const document = caseDocument(sampleCase())
  expect(document.schema).toBe('stella.case/1')
  expect(document.at).toBe('2026-05-01T10:20:30.456Z')
  expect(document.evidence.map((seen) => seen.at)).toEqual(['2026-05-01T10:20:30.456Z', null])
  expect(caseDocument(sampleCase({ at: 9e15 })).at).toBeNull()
})

test('the document has the fields of the contract, in its order', () => {
  expect(Object.keys(caseDocument(sampleCase()))).toEqual([
    'schema',
    'id',
    'at',
    'subject',
    'verdict',
    'binding',
    'victims',
    'trigger',
    'processes',
    'causes',
    'remedies',
    'evidence',
    'ruledOut',
    'timeline',
    'unknown',
    'path',
    'bill',
    'course',
    'lives',
    'blackBox',
  ])
})

test('a written case comes back as it was, alone and in a list', () => {
  const found = sampleCase({
    lives: {
      list: [
        { startedAt: null, endedAt: Date.UTC(2026, 4, 1, 9), how: 'exit code 1' },
        { startedAt: Date.UTC(2026, 4, 1, 10), endedAt: null, how: 'lives' },
      ],
      earlier: 3,
      cpus: 0.5,
    },
  })
  const json = (value: unknown): unknown => JSON.parse(JSON.stringify(value))
  expect(readCases(json(caseDocument(found)))).toEqual({
    cases: [found],
    isList: false,
    unknown: [],
  })
  expect(readCases(json(casesDocument([found, found], ['kernel log'])))).toEqual({
    cases: [found, found],
    isList: true,
    unknown: ['kernel log'],
  })
})

test.each([
  [{}, 'field schema'],
  [null, 'field (top)'],
  [{ ...caseDocument(sampleCase()), verdict: { code: 'magic' } }, 'field verdict.code'],
  [{ schema: 'stella.cases/1', cases: [1] }, 'field (top)'],
])('a document that is none is refused with its first wrong field: %j', (json, problem) => {
  expect(readCases(json)).toEqual({ problem: expect.stringContaining(problem) })
})

test.each([
  ['binding.limitBytes', { binding: { ...sampleCase().binding, limitBytes: -1 } }],
  [
    'victims.0.rssBytes',
    { victims: sampleCase().victims.map((one) => ({ ...one, rssBytes: -1 })) },
  ],
  [
    'course.0.usageBytes',
    { course: [{ at: '2026-05-01T10:20:30.456Z', usageBytes: -1, limitBytes: null }] },
  ],
])('a size below nothing is none, and nobody wrote it: %s', (field, damaged) => {
  const document = { ...caseDocument(sampleCase()), ...damaged }
  expect(readCases(document)).toEqual({ problem: expect.stringContaining(`field ${field}`) })
})
