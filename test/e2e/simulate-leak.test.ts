import { describe, expect, test } from 'vitest'
import { MIB } from '../../src/model/bytes.ts'
import { stella } from '../support/command-line.ts'

async function json(...args: string[]) {
  const answer = await stella(['simulate', 'leak', ...args, '--json'])
  expect(answer).toMatchObject({ code: 0, err: '' })
  return JSON.parse(answer.out)
}

describe('a leak', () => {
  test('of 10 MiB an hour fills 512 MiB in 51.2 hours', async () => {
    expect(await json('--limit', '512Mi', '--rate', '10Mi/h')).toEqual({
      schema: 'stella.simulate-leak/1',
      hours: 51.2,
      limitBytes: 512 * MIB,
      startBytes: 0,
      bytesPerHour: 10 * MIB,
      reached: [
        { percent: 80, bytes: 429_496_730, hours: 40.96 },
        { percent: 95, bytes: 510_027_366, hours: 48.64 },
      ],
      says: 'The limit of 512 MiB (536870912 bytes) is reached in 51.2 hours (2 days 3 hours).',
    })
  })

  test('starts from what is in use, and counts in any unit of time', async () => {
    const args = ['--limit', '512Mi', '--start', '112Mi']
    expect(await json(...args, '--rate', '10Mi/h')).toMatchObject({ hours: 40 })
    expect(await json(...args, '--rate', '240Mi/d')).toMatchObject({ hours: 40 })
    expect(await json(...args, '--rate', '100Mi/m')).toMatchObject({ hours: 4 / 60 })
    expect(await json(...args, '--rate', '400Mi/s')).toMatchObject({ hours: 1 / 3_600 })
  })

  test('that does not grow never gets there', async () => {
    for (const rate of ['0/h', '-10Mi/h']) {
      const answer = await json('--limit', '512Mi', '--rate', rate)
      expect(answer.hours).toBeNull()
      expect(answer.says).toMatch(/never reached: memory does not grow/)
    }
  })

  test('that is there already is there', async () => {
    expect(await json('--limit', '512Mi', '--start', '1Gi', '--rate', '-1/s')).toMatchObject({
      hours: 0,
    })
  })

  test('reaches the shares that were asked for, each once', async () => {
    const { reached } = await json('--limit', '100Mi', '--rate', '10Mi/h', '--to', '90,50%,50')
    expect(
      reached.map(({ percent, hours }: { percent: number; hours: number }) => [percent, hours]),
    ).toEqual([
      [50, 5],
      [90, 9],
    ])
  })

  test('is told with its formula', async () => {
    const { out } = await stella([
      'simulate',
      'leak',
      '--limit',
      '512Mi',
      '--rate',
      '10Mi/h',
      '--start',
      '12Mi',
    ])
    expect(out).toMatch(
      /^The limit of 512 MiB \(536870912 bytes\) is reached in 50 hours \(2 days 2 hours\)\.\n/,
    )
    expect(out).toContain('(limit - start) / rate = (512 MiB - 12 MiB) / (10 MiB / h)')
    expect(out).toMatch(/^80 % +in 39\.76 hours/m)
  })
})

test.each([
  [['--rate', '1Mi/h'], /^stella: --limit: has to be given, with a value; /],
  [['--limit', '1Gi'], /^stella: --rate: has to be given, with a value; /],
  [['--limit', '0', '--rate', '1Mi/h'], /^stella: --limit: a limit of 0 bytes is none; /],
  [['--limit', '8m', '--rate', '1Mi/h'], /^stella: --limit: '8m' could mean two sizes; write 8Mi/],
  [
    ['--limit', '1Gi', '--rate', '1Mi'],
    /^stella: --rate: '1Mi' is not a rate; write it as 10Mi\/h/,
  ],
  [['--limit', '1Gi', '--rate', '1Mi/h', '--to', '0'], /^stella: --to: '0' is not a percentage; /],
  [
    ['--limit', '1Gi', '--rate', '1Mi/h', '--to', '101'],
    /^stella: --to: '101' is not a percentage; /,
  ],
  [
    ['--limit', '1Gi', '--rate', '1Mi/h', '--start', '-1'],
    /^stella: --start: '-1' is not a size; /,
  ],
])('a wrong call is one line: %j', async (args, line) => {
  const answer = await stella(['simulate', 'leak', ...args])
  expect(answer).toEqual({ code: 2, out: '', err: expect.stringMatching(line) })
  expect(answer.err.trimEnd().split('\n')).toHaveLength(1)
})
