/** The runs of a data folder, as a list. What has ended is read once. */
import { setImmediate as breath } from 'node:timers/promises'
import { keepNewest } from '../../model/newest.ts'
import { errorMessage } from '../../model/error-message.ts'
import { summaryOf } from '../../runbooks/report/run-summary.ts'
import type { RunSummary } from '../../runbooks/report/run-summary.ts'
import { isGood } from '../../runbooks/run/verdict.ts'
import { runStore } from '../../store/runs.ts'
import { isWorkedOn, toldRunOf } from './recorded-runs.ts'

export interface RunList {
  /** Newest first; of the newest that are looked through. */
  runs(limit: number, isWanted: (run: RunSummary) => boolean): Promise<readonly RunSummary[]>
  /** When a run of each runbook ended well for the last time, by their ids. */
  lastSucceeded(): Promise<ReadonlyMap<string, string>>
}

/** Older ones are there by their id. */
const MOST_LOOKED_AT = 1_000

/**
 * @param onTrouble a journal cannot be read: it is left out
 * @param most so many of the newest are looked through
 */
export function createRunList(
  dataFolder: string,
  onTrouble: (says: string) => void,
  most = MOST_LOOKED_AT,
): RunList {
  const store = runStore(dataFolder)
  const known = new Map<string, { mark: string | null; summary: RunSummary | null }>()

  function read(id: string): RunSummary | null {
    try {
      const told = toldRunOf(dataFolder, id)
      return told === null ? null : summaryOf(told, () => isWorkedOn(dataFolder, told))
    } catch (error) {
      onTrouble(`the run ${id} cannot be read: ${errorMessage(error)}`)
      return null
    }
  }

  /** A long list is no reason to keep others waiting. */
  async function* all(): AsyncGenerator<RunSummary> {
    for (const id of store.ids().slice(0, most)) {
      const mark = store.mark(id)
      const before = known.get(id)
      if (before?.mark === mark) {
        if (before.summary !== null) yield before.summary
        continue
      }
      await breath()
      const summary = read(id)
      // Whether somebody works on it, no journal tells.
      const isLasting = summary === null || summary.state === 'ended' || summary.state === 'waits'
      if (isLasting) keepNewest(known, id, { mark, summary }, most)
      if (summary !== null) yield summary
    }
  }

  return {
    async runs(limit, isWanted) {
      const found: RunSummary[] = []
      for await (const run of all()) {
        if (isWanted(run)) found.push(run)
        if (found.length >= limit) break
      }
      return found
    },
    async lastSucceeded() {
      const found = new Map<string, string>()
      for await (const { runbook, verdict, endedAt } of all()) {
        if (isGood(verdict) && endedAt !== null && !found.has(runbook)) found.set(runbook, endedAt)
      }
      return found
    },
  }
}
