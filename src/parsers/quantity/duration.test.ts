import fc from 'fast-check'
import { expect, it } from 'vitest'
import { readDuration } from './duration.ts'

it.each([
  ['1s', 1_000],
  ['90s', 90_000],
  ['30m', 1_800_000],
  ['1h', 3_600_000],
  ['7d', 604_800_000],
  ['36525d', 3_155_760_000_000],
  ['3155760000s', 3_155_760_000_000],
])('%s is %d milliseconds', (text, milliseconds) => {
  expect(readDuration(text)).toEqual({ ok: true, milliseconds })
})

it.each(['', '30', 'm', '1.5h', '-1h', '1h30m', '1w', ' 1h', '1h ', '1H', 'x1h', '1hs'])(
  'refuses %j, and says how one is written',
  (text) => {
    expect(readDuration(text)).toEqual({
      ok: false,
      problem: `'${text}' is not a duration`,
      todo: 'write it as 90s, 30m, 1h or 7d',
    })
  },
)

it.each(['0s', '0d', '36526d', '3155760001s', '999999999999d'])(
  'refuses %s, for no time at all and more than a century are slips',
  (text) => {
    expect(readDuration(text)).toEqual({
      ok: false,
      problem: `'${text}' is out of range`,
      todo: 'use 1s up to 36525d',
    })
  },
)

it('quotes a long text in part', () => {
  const read = readDuration('x'.repeat(5_000))
  expect(read.ok || read.problem.length).toBeLessThan(100)
})

it('never throws, and is always within the range of dates', () => {
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.stringMatching(/^\d{1,14}[smhd]$/)), (text) => {
      const read = readDuration(text)
      if (read.ok) expect(new Date(read.milliseconds).getTime()).toBeGreaterThan(0)
      else expect(read.todo).not.toBe('')
    }),
  )
})
