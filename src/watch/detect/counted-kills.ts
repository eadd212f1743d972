/** Kills that the counters of groups tell of: who cannot read the kernel log still knows where it happened. */
import type { Row } from '../row.ts'

export interface CountedKill {
  path: string
  /** How many there were since the round before. */
  count: number
}

export interface CountedKills {
  /** The kills since the round before, at the innermost groups that count them. */
  observe(rows: readonly Row[]): CountedKill[]
}

/** Each group counts what happens below it, too; only the innermost ones are told. */
export function createCountedKills(): CountedKills {
  let before = new Map<string, number>()
  return {
    observe(rows) {
      const counts = new Map<string, number>()
      const risen: CountedKill[] = []
      for (const { path, oomKills } of rows) {
        if (oomKills === null) continue
        counts.set(path, oomKills)
        const count = oomKills - (before.get(path) ?? 0)
        if (count > 0) risen.push({ path, count })
      }
      before = counts
      return risen.filter(({ path }) => !risen.some((other) => isBelow(other.path, path)))
    },
  }
}

function isBelow(path: string, above: string): boolean {
  return path !== above && path.startsWith(above === '/' ? '/' : `${above}/`)
}
