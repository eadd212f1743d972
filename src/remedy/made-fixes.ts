/** The fixes that were made, by what is looked for among them. */
import { unreachableError, usageError } from '../model/errors.ts'
import type { StellaError } from '../model/errors.ts'
import type { FixRecord, FixTarget } from '../model/fix.ts'
import { targetKey } from '../store/fixes.ts'
import type { FixStore } from '../store/fixes.ts'

/** Those of a target that were left half-made. */
export function unfinishedOf(store: FixStore, target: FixTarget): FixRecord[] {
  const key = targetKey(target)
  return store
    .list()
    .filter(({ state }) => state === 'applying' || state === 'stuck')
    .filter(({ plan }) => targetKey(plan.target) === key)
}

/**
 * A fix by its id, or the newest of a target.
 *
 * @throws StellaError where there is none
 */
export function findFix(which: string | FixTarget, store: FixStore): FixRecord {
  const found = typeof which === 'string' ? store.read(which) : newestStanding(which, store)
  if (found !== null) return found
  const what =
    typeof which === 'string' ? `there is no fix ${which}` : 'stella has made no fix of it'
  throw unreachableError(what, store.folder, "see those that were made with 'stella fix --list'")
}

/** The newest that is not taken back; where all are, the newest of them. */
function newestStanding(target: FixTarget, store: FixStore): FixRecord | null {
  const key = targetKey(target)
  const all = store.list().filter(({ plan }) => targetKey(plan.target) === key)
  return all.find(({ state }) => state !== 'undone' && state !== 'rolled-back') ?? all[0] ?? null
}

/** One of the same target that was made later, and stands. */
export function newerThan(record: FixRecord, store: FixStore): FixRecord | null {
  const key = targetKey(record.plan.target)
  const standing = store
    .list()
    .filter(({ plan, state }) => targetKey(plan.target) === key && state === 'applied')
  return standing.find(({ id }) => id > record.id) ?? null
}

export function coveredBy({ id }: FixRecord): StellaError {
  return usageError(
    `another fix of the same target was made after it: ${id}`,
    null,
    `take that one back first: stella fix --undo ${id}`,
  )
}
