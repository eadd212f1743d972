import type { Check } from '../check.ts'
import { lastLook } from '../seen.ts'

export const running: Check = {
  name: 'running',
  needed: true,
  judge(seen) {
    const { running: runs } = lastLook(seen)
    const actual = runs === null ? 'not known' : runs ? 'it runs' : 'it does not run'
    return { ok: runs, actual, expected: 'it runs' }
  },
}
