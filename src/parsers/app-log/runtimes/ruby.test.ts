import { expect, it } from 'vitest'

import { readRecorded, readText, reportsOf } from '../../../../fixtures/app-log/read.ts'

it('knows a program without memory, as Ruby 3.1 writes it', () => {
  expect(reportsOf(readRecorded('ruby/limit'))).toEqual(['heap, fatal'])
})

it('does not call it fatal where the program went on (hand-written)', () => {
  const log = 'E, [2026-11-21] ERROR: failed to allocate memory (NoMemoryError)\nstill serving\n'
  expect(reportsOf(readText(log))).toEqual(['heap, may be caught'])
})

it('passes over the rest of its stack trace (hand-written)', () => {
  const log =
    "a.rb:3:in `*': failed to allocate memory (NoMemoryError)\n\tfrom a.rb:3:in `<main>'\n"
  expect(reportsOf(readText(log))).toEqual(['heap, fatal'])
})
