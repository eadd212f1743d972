import { expect, it } from 'vitest'

import { hintsOf, readRecorded, readText, reportsOf } from '../../../../fixtures/app-log/read.ts'

it('knows a query without memory and a killed process, as PostgreSQL 15 writes them', () => {
  const log = readRecorded('postgresql/server')
  expect(reportsOf(log)).toEqual(['backend, may be caught'])
  expect(hintsOf(log, 'child-killed')).toHaveLength(1)
  const error = log.find(({ fact }) => fact.kind === 'runtime-oom')
  expect(error?.at).not.toBeNull()
})

it('knows a fork that the system refused (hand-written)', () => {
  const line =
    '2026-11-21 07:43:05.640 UTC [20] LOG:  could not fork new process for connection: Cannot allocate memory\n'
  expect(reportsOf(readText(line))).toEqual(['fork, may be caught'])
})
