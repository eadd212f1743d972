/** The runs of a case, from their journals. */
import { StellaError } from '../../model/errors.ts'
import { keepNewest } from '../../model/newest.ts'
import type { Instant } from '../../model/time.ts'
import { caseRunOf } from '../../runbooks/report/case-run.ts'
import type { CaseRun } from '../../runbooks/report/case-run.ts'
import type { ToldRun } from '../../runbooks/report/told-run.ts'
import { runStore } from '../../store/runs.ts'
import { beginningOf } from '../../store/runs/retention.ts'
import { isWorkedOn, toldRunOf } from './recorded-runs.ts'

export interface CaseRuns {
  /**
   * Newest first: those that it has opened, those that it was noted at, and those that were begun for it by hand.
   *
   * @param at when it happened; null: it is not known
   */
  of(id: string, at: Instant | null): readonly CaseRun[]
}

/** A case is noted at a run that was opened before it, and has waited since. */
const BEFORE_MS = 25 * 3_600_000
/** Journals that are looked at, those next to the case. */
const MOST = 2_000
const MOST_TOLD = 20

/** Journals are read once for each state they are in, and not at all where they are older than the case. */
export function createCaseRuns(dataFolder: string): CaseRuns {
  const store = runStore(dataFolder)
  const known = new Map<string, { mark: string | null; cases: ReadonlySet<string> }>()

  /** All that may be one of its cases: outputs speak of cases, too. */
  function mentionsOf(run: string): ReadonlySet<string> {
    const mark = store.mark(run)
    const before = known.get(run)
    if (before !== undefined && before.mark === mark) return before.cases
    const text = readable(() => store.text(run)) ?? ''
    const cases = new Set([...text.matchAll(/"case":"(c_[0-9a-f]+)"/g)].map(([, id = '']) => id))
    keepNewest(known, run, { mark, cases }, MOST)
    return cases
  }

  function runFor(id: string, run: string): CaseRun | null {
    const told = readable(() => toldRunOf(dataFolder, run))
    if (told === null || !casesOf(told).has(id)) return null
    return caseRunOf(told, () => isWorkedOn(dataFolder, told))
  }

  return {
    of(id, at) {
      const since = at === null ? Number.NEGATIVE_INFINITY : at - BEFORE_MS
      const young = store.ids().filter((run) => beginningOf(run) >= since)
      const found: CaseRun[] = []
      for (const run of young.slice(-MOST)) {
        if (found.length >= MOST_TOLD) break
        const its = mentionsOf(run).has(id) ? runFor(id, run) : null
        if (its !== null) found.push(its)
      }
      return found
    },
  }
}

function casesOf({ origin, seenAgain, params }: ToldRun): ReadonlySet<string> {
  const origins = [origin, ...seenAgain.map((seen) => seen.origin)]
  const opened = origins.flatMap((each) => (each.kind === 'person' ? [] : (each.case ?? [])))
  return new Set([...opened, params['case'] ?? ''])
}

/** A journal that cannot be read is told where runs are, and not with each case. */
function readable<Result>(read: () => Result): Result | null {
  try {
    return read()
  } catch (error) {
    if (error instanceof StellaError) return null
    throw error
  }
}
