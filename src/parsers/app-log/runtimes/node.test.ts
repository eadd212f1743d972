import { describe, expect, it } from 'vitest'

import { hintsOf, readRecorded, readText, reportsOf } from '../../../../fixtures/app-log/read.ts'

describe('Node, as version 20 writes it', () => {
  it('knows the abort at the heap limit, and how full the heap was', () => {
    const log = readRecorded('node/heap')
    expect(reportsOf(log)).toEqual(['heap, fatal'])
    const [used] = hintsOf(log, 'heap-used')
    expect(used?.bytes).toBeGreaterThan(40 * 2 ** 20)
    expect(used?.bytes).toBeLessThan(100 * 2 ** 20)
  })

  it('knows an ArrayBuffer that ended the program from one whose error was caught', () => {
    expect(reportsOf(readRecorded('node/buffer'))).toEqual(['array-buffer, fatal'])
    expect(reportsOf(readRecorded('node/caught'))).toEqual(['array-buffer, may be caught'])
  })

  it('knows a worker thread at its own limit', () => {
    expect(reportsOf(readRecorded('node/worker'))[0]).toBe('worker-heap, fatal')
  })

  it('does not take a negative array length for a lack of memory', () => {
    expect(reportsOf(readRecorded('node/length'))).toEqual([])
  })
})

describe('V8, in wordings that were not recorded', () => {
  it.each([
    [
      'FATAL ERROR: Ineffective mark-compacts near heap limit Allocation failed - JavaScript heap out of memory',
      'heap, fatal',
    ],
    [
      'FATAL ERROR: CALL_AND_RETRY_LAST Allocation failed - JavaScript heap out of memory',
      'heap, fatal',
    ],
    [
      'FATAL ERROR: invalid array length Allocation failed - JavaScript heap out of memory',
      'array-size, fatal',
    ],
    ['# Fatal JavaScript out of memory: Reached heap limit', 'heap, fatal'],
    ['# Fatal process out of memory: Zone', 'native, fatal'],
  ])('%s (hand-written)', (line, report) => {
    expect(reportsOf(readText(`${line}\n`))).toEqual([report])
  })

  it('does not call prose about such an abort fatal', () => {
    const line = 'we saw "FATAL ERROR: Reached heap limit Allocation failed" yesterday\n'
    expect(reportsOf(readText(line))).toEqual([])
  })
})
