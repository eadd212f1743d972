import { expect, it } from 'vitest'

import { readRecorded, readText, reportsOf } from '../../../../fixtures/app-log/read.ts'

it('knows the Go runtime without memory, as Go 1.26 writes it', () => {
  expect(reportsOf(readRecorded('go/limit'))).toEqual(['native, fatal'])
})

it.each([
  'fatal error: out of memory',
  'fatal error: runtime: cannot allocate memory',
  'fatal error: failed to reserve page summary memory',
])('knows "%s" (hand-written)', (line) => {
  expect(reportsOf(readText(`${line}\n\ngoroutine 1 [running]:\n`))).toEqual(['native, fatal'])
})

it('leaves other fatal errors and mentions alone (hand-written)', () => {
  const log = [
    'fatal error: all goroutines are asleep - deadlock!',
    'fatal error: concurrent map writes',
    'Look for "fatal error: runtime: out of memory" in the log',
  ].join('\n')
  expect(reportsOf(readText(log))).toEqual([])
})
