/** What opens runbooks by itself, over the runs of a server. */
import { setTimeout as pause } from 'node:timers/promises'
import { StellaError } from '../../model/errors.ts'
import type { Instant } from '../../model/time.ts'
import { runState } from '../../runbooks/report/run-summary.ts'
import type { RunOrigin } from '../../runbooks/run/event.ts'
import type { Database, HostIdentity } from '../../store/database/types.ts'
import { openedBefore } from './opened-before.ts'
import { isWorkedOn, toldRunOf } from './recorded-runs.ts'
import type { Runbooks } from './runbook-desk.ts'
import { noteAgain } from './resume-run.ts'
import { createTriggers } from './triggers.ts'
import type { TriggeredRun, Triggers } from './triggers.ts'

export interface OpenTriggersOptions {
  dataFolder: string
  host: HostIdentity
  now(): Instant
  runbooks: Pick<Runbooks, 'shelf' | 'service'>
  database: Pick<Database, 'case'>
  onSays(says: string): void
}

/** Who it is, as runs have it. */
const BY = 'stella serve'
/** While as many runs go on as may. */
const BUSY_TRIES = 20
const BUSY_MS = 1_000
/** Cases that are noted at one run; of more it is known by then. */
const MOST_NOTED = 50

/** @throws StellaError where a journal of the last day cannot be read */
export function openTriggers(options: OpenTriggersOptions): Triggers {
  const { dataFolder, now, runbooks } = options
  const ending = new AbortController()

  async function begin({ book, ...order }: TriggeredRun): Promise<string> {
    const asked = { ...order, runbook: book, by: BY, onlyChecks: false }
    for (let tries = 1; ; tries++) {
      try {
        return await runbooks.service.begin(asked)
      } catch (error) {
        const isBusy = error instanceof StellaError && error.refusal === 'busy'
        if (!isBusy || tries >= BUSY_TRIES || ending.signal.aborted) throw error
        await pause(BUSY_MS, undefined, { ref: false, signal: ending.signal }).catch(
          () => undefined,
        )
      }
    }
  }

  async function note(run: string, origin: RunOrigin): Promise<void> {
    const told = caseOf(origin) === null ? null : toldRunOf(dataFolder, run)
    if (told === null) return
    const noted = [told.origin, ...told.seenAgain.map((seen) => seen.origin)].map(caseOf)
    if (noted.length >= MOST_NOTED || noted.includes(caseOf(origin))) return
    await noteAgain(dataFolder, run, { origin, at: now() })
  }

  const triggers = createTriggers({
    ...options,
    shelf: runbooks.shelf,
    before: openedBefore(dataFolder, runbooks.shelf(), now()),
    async begin(order) {
      const run = await begin(order)
      return { run, rested: runbooks.service.rested(run) }
    },
    isOpen(run) {
      const told = toldRunOf(dataFolder, run)
      if (told === null) return false
      const state = runState(told, () => isWorkedOn(dataFolder, told))
      return state === 'waits' || state === 'running'
    },
    noteAgain: note,
    caseOf: async (id) => (await options.database.case(id))?.case ?? null,
  })
  return {
    ...triggers,
    stop() {
      ending.abort()
      triggers.stop()
    },
  }
}

function caseOf(origin: RunOrigin): string | null {
  return origin.kind === 'person' ? null : origin.case
}
