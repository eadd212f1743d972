/** Runs that were opened by themselves lately, from their journals: what they are about is not opened again. */
import type { Instant } from '../../model/time.ts'
import { stateOf } from '../../runbooks/run/state.ts'
import type { Opening } from '../../runbooks/trigger/gate.ts'
import { targetOf } from '../../runbooks/trigger/target.ts'
import { runStore } from '../../store/runs.ts'
import { beginningOf } from '../../store/runs/retention.ts'
import { recordedRun } from './recorded-runs.ts'
import type { OpenedRunbook } from './shelf.ts'

export interface OpenedBefore {
  runbook: string
  /** All names of what it is about. */
  targets: readonly string[]
  opening: Opening
}

/** One that waits for longer takes nothing any more. */
const LATELY_MS = 24 * 3_600_000
/** Of those more than can be opened by themselves in that time. */
const MOST = 1_000

/** @param shelf says which values are the usual ones, and nobody gave */
export function openedBefore(
  dataFolder: string,
  shelf: readonly OpenedRunbook[],
  now: Instant,
): readonly OpenedBefore[] {
  const ids = runStore(dataFolder).ids().slice(0, MOST)
  const young = ids.filter((id) => now - beginningOf(id) < LATELY_MS)
  return young.flatMap((id) => {
    const { events } = recordedRun(dataFolder, id)
    const begun = stateOf(events)?.begun
    if (begun === undefined || begun.origin.kind === 'person') return []
    const at: Instant = Date.parse(begun.at)
    const book = shelf.find(({ read }) => read.runbook.id === begun.runbook.id)
    const usual = new Map(book?.read.runbook.params.map(({ name, usual: value }) => [name, value]))
    const params = Object.entries(begun.params)
    const given = params.filter(([name, value]) => usual.get(name) !== value)
    const targets = [given, params].flatMap((values) => targetOf(new Map(values), null) ?? [])
    return [{ runbook: begun.runbook.id, targets, opening: { at, run: id } }]
  })
}
