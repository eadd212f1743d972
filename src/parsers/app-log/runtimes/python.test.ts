import { describe, expect, it } from 'vitest'

import { readRecorded, readText, reportsOf } from '../../../../fixtures/app-log/read.ts'

describe('Python', () => {
  it.each([
    ['python/fill', 'heap'],
    ['python/errno', 'system-call'],
    ['python/array', 'array'],
  ])('%s: a traceback at the end of the log ended the program', (name, area) => {
    expect(reportsOf(readRecorded(name))).toEqual([`${area}, fatal`])
  })

  it('does not call a traceback fatal that the program logged before it went on', () => {
    expect(reportsOf(readRecorded('python/caught'))).toEqual(['heap, may be caught'])
  })

  it('leaves the memory of graphics cards alone (hand-written)', () => {
    const log =
      'torch.OutOfMemoryError: CUDA out of memory. Tried to allocate 2.00 GiB. GPU 0 has a total capacity of 8 GiB\n'
    expect(reportsOf(readText(log))).toEqual([])
  })

  it('sees errno 12 behind the words of another program (hand-written)', () => {
    const log =
      'download failed: s3://bucket/reads.fastq to ./reads.fastq [Errno 12] Cannot allocate memory\nnext\n'
    expect(reportsOf(readText(log))).toEqual(['system-call, may be caught'])
  })
})
