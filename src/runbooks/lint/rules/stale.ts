import type { Rule } from '../finding.ts'

const MOST_DAYS = 180
const DAY_MS = 86_400_000

export const stale: Rule = {
  id: 'stale',
  about: 'nobody looked at it for half a year',
  find({ about: { updated } }, { now }) {
    const at = updated === null ? Number.NaN : Date.parse(updated)
    const days = Math.floor((now - at) / DAY_MS)
    if (Number.isNaN(at) || days <= MOST_DAYS) return []
    return [
      {
        line: 1,
        says: `it was looked at last on ${updated}, ${days} days ago`,
        todo: 'go through it, and set its date',
        isError: false,
      },
    ]
  },
}
