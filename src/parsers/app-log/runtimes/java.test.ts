import { describe, expect, it } from 'vitest'

import { readRecorded, readText, reportsOf } from '../../../../fixtures/app-log/read.ts'

describe('Java, as JDK 17 writes it', () => {
  it.each([
    ['java/heap', 'heap'],
    ['java/metaspace', 'metaspace'],
    ['java/class-space', 'class-space'],
    ['java/direct', 'direct'],
    ['java/gc-overhead', 'gc-overhead'],
    ['java/threads', 'threads'],
    ['java/array', 'array-size'],
    ['java/exit-on-oom', 'heap'],
    ['java/crash-on-oom', 'heap'],
    ['java/crash-on-oom.hs_err', 'heap'],
    ['java/commit-failed.hs_err', 'native'],
  ])('%s: the VM ended for lack of %s', (name, area) => {
    expect(reportsOf(readRecorded(name), 'java')[0]).toBe(`${area}, fatal`)
  })

  it('does not call an error fatal that the program caught', () => {
    expect(reportsOf(readRecorded('java/caught'))).toEqual(['heap, may be caught'])
  })

  it('does not call an error fatal that ended another thread than main', () => {
    expect(reportsOf(readRecorded('java/worker-thread'))).toEqual(['heap, may be caught'])
  })

  it('sees that the system refused memory before the VM gave up', () => {
    expect(reportsOf(readRecorded('java/commit-failed'))).toEqual([
      'native, may be caught',
      'native, fatal',
    ])
  })

  it('quotes the line that says so', () => {
    const [observation] = readRecorded('java/heap')
    expect(observation).toMatchObject({
      source: 'log',
      from: 'app.log:2',
      excerpt: 'Exception in thread "main" java.lang.OutOfMemoryError: Java heap space',
    })
  })
})

describe('Java, in wordings that were not recorded', () => {
  it('knows OpenJ9 (hand-written)', () => {
    const line =
      'JVMDUMP039I Processing dump event "systhrow", detail "java/lang/OutOfMemoryError" at 2026/11/21 07:42:53 - please wait.'
    expect(reportsOf(readText(line))).toEqual(['unknown, may be caught'])
  })

  it('knows the direct buffers of JDK 8 and the PermGen of JDK 7 (hand-written)', () => {
    const log = [
      'Exception in thread "main" java.lang.OutOfMemoryError: Direct buffer memory',
      'Exception in thread "main" java.lang.OutOfMemoryError: PermGen space',
    ].join('\n')
    expect(reportsOf(readText(log))).toEqual(['direct, fatal', 'metaspace, fatal'])
  })

  it('takes a sentence about such an error for no more than a mention', () => {
    const log =
      '2026-11-21T07:00:00Z INFO see the runbook for java.lang.OutOfMemoryError: Java heap space\n'
    expect(reportsOf(readText(log))).toEqual(['heap, may be caught'])
    expect(reportsOf(readText('Set -XX:+HeapDumpOnOutOfMemoryError to get a dump\n'))).toEqual([])
  })
})
