import { expect, it } from 'vitest'

import { readRecorded, readText, reportsOf } from '../../../../fixtures/app-log/read.ts'

it('knows an uncaught std::bad_alloc, as libstdc++ 12 writes it', () => {
  expect(reportsOf(readRecorded('native/bad-alloc'))).toEqual(['allocation, fatal'])
})

it('knows the last words of perror', () => {
  expect(reportsOf(readRecorded('native/malloc'))).toEqual(['system-call, fatal'])
})

it.each([
  'memory allocation of 1048576 bytes failed',
  'libc++abi: terminating due to uncaught exception of type std::bad_alloc: std::bad_alloc',
  'Out of memory!',
])('knows "%s" (hand-written)', (line) => {
  expect(reportsOf(readText(`${line}\n`))).toEqual(['allocation, fatal'])
})

it('does not call an error fatal after which the program went on (hand-written)', () => {
  const log = '/entrypoint.sh: fork: Cannot allocate memory\nretrying\n'
  expect(reportsOf(readText(log))).toEqual(['fork, may be caught'])
})

it('leaves a caught bad_alloc in a sentence alone (hand-written)', () => {
  expect(reportsOf(readText('handler caught std::bad_alloc, request dropped\n'))).toEqual([])
})
