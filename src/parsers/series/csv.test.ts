import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { damaged } from '../../../test/support/damage.ts'
import { StellaError } from '../../model/errors.ts'
import { readSeries } from './index.ts'
import { MAX_SAMPLES } from './series-builder.ts'

const read = (text: string): ReturnType<typeof readSeries> => readSeries(text, 'web.csv')

function refusal(text: string): string {
  try {
    read(text)
  } catch (error) {
    if (error instanceof StellaError && error.exitCode === 2) return error.line
    throw error
  }
  return 'was read'
}

describe('a table', () => {
  it('of time, bytes and limit', () => {
    const { group, source, unknown } = read('time,bytes,limit\n100,5,50\n101.5,6,50\n')
    expect(source).toBe('csv')
    expect(group.samples).toMatchObject([
      { at: 100_000, usageBytes: 5, limitBytes: 50, anonBytes: null },
      { at: 101_500, usageBytes: 6, limitBytes: 50 },
    ])
    expect(group.marks).toEqual([])
    expect(unknown).toEqual([])
  })

  it('has columns by name, in any order, with any usual separator', () => {
    const text = 'working_set;Time;anon;load;limit\n7;2026-11-21T08:00:00.5+01:00;3;12.5;max\n'
    expect(read(text).group.samples).toMatchObject([
      {
        at: Date.UTC(2026, 10, 21, 7, 0, 0, 500),
        workingSetBytes: 7,
        anonBytes: 3,
        load: 12.5,
        limitBytes: null,
        usageBytes: null,
      },
    ])
    expect(read('t\tbytes\n1\t2\n').group.samples).toHaveLength(1)
  })

  it('may come from a spreadsheet: with a byte order mark, quotes and carriage returns', () => {
    const text = '\uFEFF"time","bytes","note"\r\n"1","2","a, ""b"""\r\n2,3,\r\n'
    const { group, unknown } = read(text)
    expect(group.samples.map(({ usageBytes }) => usageBytes)).toEqual([2, 3])
    expect(unknown).toEqual(['columns that are not understood: note'])
  })

  it('counts milliseconds where seconds would be in another age', () => {
    expect(read('time,bytes\n1795240806732,5\n').group.samples[0]?.at).toBe(1_795_240_806_732)
  })

  it('takes the size of no limit for none', () => {
    const limits = ['9223372036854771712', '0', '', '+Inf', 'none']
    const rows = limits.map((limit, at) => `${at},1,${limit}`).join('\n')
    for (const { limitBytes } of read(`time,bytes,limit\n${rows}\n`).group.samples)
      expect(limitBytes).toBeNull()
  })
})

describe('lives', () => {
  it('begin where the container is another one', () => {
    const { group } = read('time,bytes,container_id\n1,5,a\n2,6,a\n3,1,b\n')
    expect(group.marks).toEqual([{ at: 3_000, kind: 'start', says: 'restarted' }])
  })

  it('begin where a counter goes back, and end where the kills rise', () => {
    const { group } = read(
      'time,bytes,failcnt,oom_kills,limit\n1,5,0,0,9\n2,9,4,1,9\n3,1,0,0,9\n4,2,0,0,18\n',
    )
    expect(group.marks.map(({ at, kind }) => [at, kind])).toEqual([
      [2_000, 'kill'],
      [3_000, 'start'],
      [4_000, 'change'],
    ])
    expect(group.marks[2]?.says).toBe('the limit went from 9 B to 18 B')
  })

  it('are told by marks that somebody wrote down', () => {
    const { group } = read('time,bytes,marks\n1,5,\n2,1,kill: out of memory; start: by hand\n')
    expect(group.marks).toEqual([
      { at: 2_000, kind: 'kill', says: 'out of memory' },
      { at: 2_000, kind: 'start', says: 'by hand' },
    ])
  })
})

describe('what makes no sense', () => {
  it('is left out and told', () => {
    const { group, unknown } = read(
      'time,bytes\n1,10\n2,NaN\n3,-5\n4,Inf\n5,20\n5,21\n4,22\n6,\n7,30\n',
    )
    expect(group.samples.map(({ usageBytes }) => usageBytes)).toEqual([10, 20, 30])
    expect(unknown).toEqual([
      "one sample was left out: a value is 'NaN' (line 3)",
      'one sample was left out: a value is negative (line 4)',
      'one sample was left out: a value is infinite (line 5)',
      '2 samples were left out: its time is not later than that of the sample before (first at line 7)',
    ])
  })

  it('is a time that no clock shows: seconds and milliseconds could not be told apart', () => {
    const late = '9999-01-01T00:00:00Z'
    expect(() => read(`time,bytes\n${late},1\n`)).toThrow(`'${late}' is no time`)
  })

  it('is told of a gap', () => {
    const { unknown } = read('time,bytes\n1,1\n2,1\n3,1\n4,1\n100,1\n101,1\n')
    expect(unknown).toEqual(['there is a gap of 96 s in it: what happened in it is not known'])
  })

  it.each([
    ['', 'stella: web.csv: the file is empty; '],
    ['just words', 'stella: web.csv: it is no series of memory that is known; '],
    ['1,2\n3,4\n', 'stella: web.csv:1: the first line holds figures, not names; write a header'],
    ['when,bytes\n1,2\n', 'stella: web.csv:1: no column is called time; write a header'],
    ['time,limit\n1,2\n', 'stella: web.csv:1: no column tells memory; write a header'],
    ['time,bytes\n', 'stella: web.csv: there is no sample in it; give at least one moment'],
    ['time,bytes\n1,NaN\n', "stella: web.csv:2: there is no sample in it: a value is 'NaN'; "],
    ['time,bytes\n1,2\n2,12MiB\n', "stella: web.csv:3: '12MiB' is no number of bytes; write plain"],
    ['time,bytes\nnoon,2\n', "stella: web.csv:2: 'noon' is no time; write Unix seconds"],
    ['time,bytes\n2026-11-21 08:00:00,2\n', "stella: web.csv:2: '2026-11-21 08:00:00' is no time"],
    ['time,bytes\n1,2,3\n', 'stella: web.csv:2: the line has 3 fields, the header 2; '],
    ['time,bytes\n3,1\n2,1\n1,1\n', 'stella: web.csv:3: more samples go back in time than forward'],
  ])('%j is refused in one line', (text, line) => {
    expect(refusal(text).slice(0, line.length)).toBe(line)
    expect(refusal(text)).not.toContain('\n')
  })
})

it('refuses a figure as long as a line in no time', () => {
  const before = process.cpuUsage()
  expect(refusal(`time,bytes\n1,2\n2,${'1'.repeat(60_000)}x\n`)).toContain('is no number of bytes')
  const { user, system } = process.cpuUsage(before)
  expect((user + system) / 1_000_000, 'seconds').toBeLessThan(1)
})

it('reads back any series that it is given', () => {
  const rows = fc.uniqueArray(fc.tuple(fc.nat({ max: 4e9 }), fc.nat({ max: 2 ** 50 })), {
    selector: ([time]) => time,
    minLength: 1,
    maxLength: 200,
  })
  fc.assert(
    fc.property(rows, (unsorted) => {
      const sorted = unsorted.toSorted(([a], [b]) => a - b)
      const text = `time,bytes\n${sorted.map((row) => row.join(',')).join('\n')}\n`
      const { samples } = read(text).group
      expect(samples.map(({ at, usageBytes }) => [at / 1000, usageBytes])).toEqual(sorted)
    }),
  )
})

it('keeps the peak, the floor and the ends of a series that is too long', () => {
  const lines = ['time,bytes']
  for (let at = 1; at <= 500_000; at++) {
    lines.push(`${at},${at === 123_456 ? 10 ** 9 : at === 345_678 ? 1 : 1000 + (at % 7)}`)
  }
  const { group, unknown } = read(lines.join('\n'))
  expect(group.samples.length).toBeLessThanOrEqual(MAX_SAMPLES)
  expect(group.samples.length).toBeGreaterThan(MAX_SAMPLES / 4)
  const usages = group.samples.map(({ usageBytes }) => usageBytes)
  expect(usages).toEqual(expect.arrayContaining([10 ** 9, 1]))
  expect([group.samples[0]?.at, group.samples.at(-1)?.at]).toEqual([1_000, 500_000_000])
  expect(unknown.join()).toContain('of 500000 samples were left out because of their number')
})

it('whatever comes, gives a series in order or one line that says what to do', () => {
  const seeds = [
    'time,bytes,limit,container_id\n1,2,3,a\n2,3,3,a\n3,1,6,b\n',
    'timestamp;anon;failcnt\n2026-11-21T08:00:00Z;5;1\n2026-11-21T08:00:01Z;NaN;0\n',
  ]
  fc.assert(
    fc.property(damaged(seeds), (text) => {
      const line = refusal(text)
      if (line !== 'was read') {
        expect(line).toMatch(/^stella: web\.csv.*; \S/)
        return
      }
      const { group } = read(text)
      for (const [index, { at }] of group.samples.slice(1).entries())
        expect(at).toBeGreaterThan(group.samples[index]?.at ?? Infinity)
    }),
  )
})
