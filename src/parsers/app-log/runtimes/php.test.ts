import { expect, it } from 'vitest'

import { readRecorded, readText, reportsOf } from '../../../../fixtures/app-log/read.ts'

it('knows a script at its memory_limit, as PHP 8.2 writes it', () => {
  expect(reportsOf(readRecorded('php/limit'))).toEqual(['memory-limit, fatal'])
})

it('does not call it fatal where only one request ended (hand-written)', () => {
  const log =
    'NOTICE: PHP message: PHP Fatal error:  Allowed memory size of 134217728 bytes exhausted (tried to allocate 20480 bytes) in /app/a.php on line 4\n127.0.0.1 -  "GET /" 500\n'
  expect(reportsOf(readText(log))).toEqual(['memory-limit, may be caught'])
})
