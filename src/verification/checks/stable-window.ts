import type { Check } from '../check.ts'
import { lastLook } from '../seen.ts'

export const stableWindow: Check = {
  name: 'stable long enough',
  needed: true,
  judge(seen) {
    const passed = Math.max(0, lastLook(seen).at - seen.since)
    const wanted = seen.until - seen.since
    return {
      ok: passed >= wanted ? true : null,
      actual: `${seconds(passed)} s since the change`,
      expected: `${seconds(wanted)} s`,
    }
  },
}

function seconds(milliseconds: number): number {
  return Math.floor(milliseconds / 1_000)
}
