import { expect, it } from 'vitest'

import { readText, reportsOf } from '../../../../fixtures/app-log/read.ts'

// No .NET runtime can be had here: the wordings are those of its source (hand-written).
it('knows an exception nobody caught, the bare abort, and a start without memory', () => {
  const log = [
    "Unhandled exception. System.OutOfMemoryException: Exception of type 'System.OutOfMemoryException' was thrown.",
    '   at Program.Main(String[] args)',
    'Out of memory.',
    'GC heap initialization failed with error 0x8007000E',
  ].join('\n')
  expect(reportsOf(readText(log))).toEqual(['heap, fatal', 'heap, fatal', 'start, fatal'])
})

it('does not call a logged exception fatal', () => {
  const log = 'fail: Shop.Worker[0] System.OutOfMemoryException: Array dimensions exceeded\nnext\n'
  expect(reportsOf(readText(log))).toEqual(['heap, may be caught'])
})

it('leaves a sentence that ends in these words alone', () => {
  expect(reportsOf(readText('The last run ended with Out of memory.\n'))).toEqual([])
})
