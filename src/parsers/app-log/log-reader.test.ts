import fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import { hintsOf, readBytes, readText, reportsOf } from '../../../fixtures/app-log/read.ts'
import { EXCERPT_CHARS } from '../../model/evidence.ts'

const HEAP = 'Exception in thread "main" java.lang.OutOfMemoryError: Java heap space'

/** Pieces of what logs are made of, so that random logs come near to real ones. */
const piece = fc.oneof(
  fc.constantFrom(
    HEAP,
    'MemoryError',
    'Killed',
    'FATAL ERROR: ',
    'java.lang.OutOfMemoryError',
    '{"log":"',
    '\n',
    '\r\n',
    ' Cannot allocate memory',
    'GC(1) Pause Young 3M->1M(4M) 1ms',
    '\u001b[31m',
    'ä€😀',
  ),
  fc.string({ unit: 'binary' }),
)
const log = fc.array(piece, { maxLength: 60 }).map((pieces) => pieces.join(''))

describe('a log of any size', () => {
  it('says the same however it is cut into chunks', () => {
    fc.assert(
      fc.property(log, fc.integer({ min: 1, max: 50 }), (text, chunkSize) => {
        expect(readText(text, chunkSize)).toEqual(readText(text))
      }),
    )
  })

  it('never throws, whatever the bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 2_000 }), (bytes) => {
        for (const { excerpt } of readBytes(bytes, 100))
          expect(excerpt.length).toBeLessThanOrEqual(EXCERPT_CHARS)
      }),
    )
  })

  it('says nothing that the log does not hold', () => {
    fc.assert(
      fc.property(log, (text) => {
        const lines = text.split('\n')
        for (const { from, excerpt, fact } of readText(text)) {
          const line = Number(from.split(':')[1])
          expect(line).toBeGreaterThanOrEqual(1)
          if (fact.kind !== 'runtime-oom') continue
          expect(lines[line - 1]).toContain(excerpt.replace(/ …$/, ''))
        }
      }),
    )
  })

  it('says only so much, however often the words come', () => {
    const text = `${HEAP}\n`.repeat(20_000)
    const reports = readText(text).filter(({ fact }) => fact.kind === 'runtime-oom')
    expect(reports.length).toBeLessThanOrEqual(6)
    expect(reports.at(-1)?.from).toBe('app.log:20000')
    expect(reports.at(-1)?.says).toContain('20000 such lines')
  })

  it('keeps its memory bounded over a line without an end', () => {
    const reader = readBytes(new Uint8Array(20 * 2 ** 20).fill(120))
    expect(reader).toHaveLength(1)
    expect(reader[0]?.fact).toMatchObject({ kind: 'log-hint', hint: 'last-line' })
  })

  it('finds words behind a line that was too long', () => {
    const text = `${'x'.repeat(200_000)}\n${HEAP}\n`
    const [report] = readText(text, 1_000)
    expect(report?.from).toBe('app.log:2')
  })
})

describe('the last line', () => {
  it('is the last one that is not empty', () => {
    expect(hintsOf(readText('one\ntwo\n\n  \n'), 'last-line')).toMatchObject([{ message: 'two' }])
  })

  it('is unwrapped, and keeps its time and place', () => {
    const text =
      '{"log":"one\\n","stream":"stdout","time":"2026-11-21T07:43:05Z"}\n{"log":"two\\n","stream":"stdout","time":"2026-11-21T07:43:06Z"}\n'
    expect(readText(text)).toMatchObject([
      { from: 'app.log:2', at: Date.UTC(2026, 10, 21, 7, 43, 6), fact: { message: 'two' } },
    ])
  })

  it('is right at the end of a long log', () => {
    const text = `${'x'.repeat(99)}\n`.repeat(5_000)
    expect(readText(`${text}end`).at(-1)).toMatchObject({
      from: 'app.log:5001',
      fact: { message: 'end' },
    })
  })

  it('is not there in an empty log', () => {
    expect(readText('\n\n')).toEqual([])
  })
})

describe('a log driver', () => {
  it('does not hide what the runtime wrote at the beginning of its line', () => {
    const docker = JSON.stringify({
      log: `${HEAP}\n`,
      stream: 'stderr',
      time: '2026-11-21T07:43:05.5Z',
    })
    const cri = `2026-11-21T07:43:05.5Z stderr F ${HEAP}`
    for (const line of [docker, cri]) {
      const [report] = readText(`${line}\n`)
      expect(reportsOf(report === undefined ? [] : [report])).toEqual(['heap, fatal'])
      expect(report?.at).toBe(Date.UTC(2026, 10, 21, 7, 43, 5, 500))
    }
  })
})
