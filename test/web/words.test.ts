import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { MIB } from '../../src/model/bytes.ts'
import { courseInWords, isLimitInSight } from '../../web/chart/course.ts'
import { documentName, restartsInWords } from '../../web/words/scanner.ts'
import { ago, span, spanBetween } from '../../web/words/time.ts'

describe('times in words', () => {
  it.each([
    [3_590, '1 hour ago'],
    [86_000, 'yesterday'],
    [0, 'just now'],
    [-4, 'just now'],
    [30, '30 seconds ago'],
    [-30, 'in 30 seconds'],
    [3 * 60, '3 minutes ago'],
    [2 * 3_600, '2 hours ago'],
    [86_400, 'yesterday'],
    [86_400 * 40, '40 days ago'],
  ])('%i seconds before: %s', (seconds, words) => {
    expect(ago(1e12 - seconds * 1_000, 1e12)).toBe(words)
  })

  it.each([
    [0.2, 'less than a second'],
    [1, '1 second'],
    [119, '119 seconds'],
    [120, '2 minutes'],
    [7_200, '2 hours'],
    [3 * 86_400, '3 days'],
  ])('%d seconds last %s', (seconds, words) => {
    expect(span(seconds)).toBe(words)
  })

  it.each([
    [600, 1_020, '10 to 17 minutes'],
    [600, 610, '10 minutes'],
    [1, 40, '1 second to 40 seconds'],
    [100, 600, '100 seconds to 10 minutes'],
    [0.5, 3, 'less than a second to 3 seconds'],
  ])('between %d and %d seconds: %s', (low, high, words) => {
    expect(spanBetween(low, high)).toBe(words)
  })
})

describe('a course in words, for those who do not see the chart', () => {
  const point = (at: number, mib: number, limitBytes: number | null = 32 * MIB) => ({
    at: at * 1_000,
    usageBytes: mib * MIB,
    limitBytes,
  })
  const kill = { at: 11_000, bytes: null, kind: 'kill' as const, label: 'killed' }

  it('says how it moved, under which limit, and how it ended', () => {
    expect(courseInWords({ points: [point(0, 8), point(10, 31)], marks: [kill] })).toBe(
      'It rose from 8 MiB to 31 MiB in 10 seconds, under a limit of 32 MiB, and then it was killed.',
    )
    expect(courseInWords({ points: [point(0, 31), point(300, 8, null)], marks: [] })).toBe(
      'It fell from 31 MiB to 8 MiB in 5 minutes.',
    )
    expect(courseInWords({ points: [point(0, 30), point(300, 30.1)], marks: [] })).toBe(
      'It stayed near 30.1 MiB in 5 minutes, under a limit of 32 MiB.',
    )
    expect(courseInWords({ points: [point(0, 8), point(5, 24), point(10, 8)], marks: [] })).toBe(
      'It stayed near 8 MiB in 10 seconds, with 24 MiB at most, under a limit of 32 MiB.',
    )
    expect(courseInWords({ points: [], marks: [kill] })).toBe('Nothing is known of its course.')
  })

  it('leaves out a limit so far above that it would press the course flat', () => {
    const isShown = (limitBytes: number | null): boolean =>
      isLimitInSight({ points: [point(0, 8, limitBytes), point(1, 8, limitBytes)], marks: [] })
    expect(isShown(32 * MIB)).toBe(true)
    expect(isShown(33 * MIB)).toBe(false)
    expect(isShown(null)).toBe(false)
  })
})

describe('the scanner in words', () => {
  it('tells restarts with their reasons', () => {
    expect(restartsInWords([])).toBe('no worker was started again')
    expect(restartsInWords([{ reason: 'oom', count: 1 }])).toBe('1 restart: 1 out of memory')
    expect(
      restartsInWords([
        { reason: 'oom', count: 2 },
        { reason: 'manual', count: 1 },
      ]),
    ).toBe('3 restarts: 2 out of memory, 1 asked for')
  })

  it('names a document after its image, and as a file that is seen and stays in its folder', () => {
    expect(documentName('registry:example.org/shop/web:1.2')).toBe(
      'registry-example.org-shop-web-1.2.cdx.json',
    )
    expect(documentName('///')).toBe('image.cdx.json')
    fc.assert(
      fc.property(fc.string(), (image) => {
        expect(documentName(image)).toMatch(/^[\w-][\w.-]{0,79}\.cdx\.json$/)
        expect(documentName(image)).not.toMatch(/^[.-]/)
      }),
    )
  })
})
