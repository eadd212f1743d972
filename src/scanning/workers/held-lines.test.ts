import { describe, expect, it } from 'vitest'
import type { LogLine } from '../../model/scan-job.ts'
import { holdLines } from './held-lines.ts'

const line = (at: number): LogLine => ({
  at,
  level: 'error',
  pool: 'default',
  worker: 'default-1',
  job: null,
  says: 'no job could be taken',
})

describe('lines of the log', () => {
  it('are written once, in their order, also where the first try fails', async () => {
    const held = holdLines()
    held.add(line(1))
    held.add(line(2))
    await expect(held.write(() => Promise.reject(new Error('away')))).rejects.toThrow('away')
    held.add(line(3))
    const written: number[] = []
    const write = (lines: readonly LogLine[]): Promise<void> => {
      written.push(...lines.map(({ at }) => at))
      return Promise.resolve()
    }
    await held.write(write)
    await held.write(write)
    expect(written).toEqual([1, 2, 3])
  })

  it('are the newest 5,000 where nobody wrote them for long', async () => {
    const held = holdLines()
    for (let at = 0; at < 100_000; at++) held.add(line(at))
    let written: readonly LogLine[] = []
    await held.write(async (lines) => {
      written = lines
    })
    expect(written.map(({ at }) => at)).toEqual(
      Array.from({ length: 5_000 }, (_, at) => 95_000 + at),
    )
  })
})
