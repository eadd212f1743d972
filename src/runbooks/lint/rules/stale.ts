import type { Rule } from '../finding.ts'

const MOST_DAYS = 180
const DAY_MS = 86_400_000

export const stale: Rule = {
  id: 'stale',
  about:
    'nobody looked at it for half a year, nor did a run of it end well; or its date is none that has been',
  find({ about: { updated } }, { now, lastGoodRun }) {
    if (updated === null) return []
    const warning = (says: string, todo: string): ReturnType<Rule['find']> => [
      { line: 1, says, todo, isError: false },
    ]
    const at = Date.parse(updated)
    if (Number.isNaN(at))
      return warning(`'${updated.slice(0, 40)}' is no date`, 'write it as 2026-01-31')
    // Its evening may be the next day elsewhere.
    if (at > now + DAY_MS)
      return warning(`it was looked at on ${updated}, which is still to come`, 'mend its date')
    const days = Math.floor((now - Math.max(at, lastGoodRun ?? 0)) / DAY_MS)
    if (days <= MOST_DAYS) return []
    return warning(
      `it was looked at last on ${updated}, and no run of it ended well for ${days} days`,
      'go through it, and set its date',
    )
  },
}
