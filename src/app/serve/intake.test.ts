import { describe, expect, it } from 'vitest'
import { unreachableError } from '../../model/errors.ts'
import type { JournalEntry } from '../../store/cases.ts'
import { createIntake } from './intake.ts'

const entry = (at: number): JournalEntry => ({
  kind: 'watch',
  at,
  what: 'blind',
  source: `source ${at}`,
  says: 'gone',
})

describe('while the database is away', () => {
  it('loses nothing, also of what finds no room to wait', async () => {
    const journal: JournalEntry[] = []
    const taken = new Set<number>()
    const troubles: (string | null)[] = []
    let isAway = true
    const take = async (entries: readonly JournalEntry[]): Promise<void> => {
      await Promise.resolve()
      if (isAway) throw unreachableError('it is away', 'the database', 'wait')
      for (const { at } of entries) taken.add(at)
    }
    const intake = createIntake({
      take,
      takeAgain: (since) => take(journal.filter(({ at }) => at >= since)),
      onTrouble: (why) => troubles.push(why),
      mostWaiting: 3,
    })
    for (let at = 1; at <= 10; at++) {
      journal.push(entry(at))
      intake.put(entry(at))
    }
    await new Promise((resolve) => setTimeout(resolve, 50))
    expect(taken).toEqual(new Set())
    isAway = false
    await intake.flush(10_000)
    expect([...taken]).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10])
    expect(troubles).toEqual([expect.stringContaining('away'), null])
  })
})
