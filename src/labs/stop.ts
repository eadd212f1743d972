/** Removes what labs have made, whoever made it and whatever became of them. */
import { errorMessage } from '../model/error-message.ts'
import type { Bench } from './bench.ts'
import type { BackendId } from './backend-id.ts'

/** Removes everything of a lab, and what is remembered of it but the record. @throws StellaError where something stays */
export async function forgetLab(
  { backends, store }: Bench,
  id: string,
  backend: BackendId | null,
): Promise<void> {
  for (const each of Object.values(backends)) {
    if (backend !== null && each.id !== backend) continue
    if (backend === null && (await each.whyNot()) !== null) continue
    await each.remove(id)
  }
  store.forget(id)
}

/** Ends a lab; false: it was not open. What is left of one that nobody remembers is found by its name. */
export async function stopLab(bench: Bench, id: string): Promise<boolean> {
  bench.shelf.open(id)
  const state = bench.store.read(id)
  const isKnown = state !== null && state !== 'broken'
  await forgetLab(bench, id, isKnown ? state.backend : null)
  return state !== null
}

/** Ends labs whose time is over, and those that nobody came to the end of starting. Gives what was done, for people. */
export async function sweep(bench: Bench): Promise<readonly string[]> {
  const done: string[] = []
  for (const { id } of bench.shelf.list()) {
    const state = bench.store.read(id)
    if (state === null) continue
    const isOver =
      state !== 'broken' && state.phase === 'open' && state.endsAt <= bench.reader.now()
    if (state !== 'broken' && state.phase === 'open' && !isOver) continue
    const why = isOver ? `the time of ${id} was over` : `a start of ${id} had not come to its end`
    try {
      await forgetLab(bench, id, state === 'broken' ? null : state.backend)
      done.push(`${why}: what it left is removed`)
    } catch (error) {
      // Its engine may be away. It stays written down, and uses no memory any more.
      const says = errorMessage(error)
      done.push(`${why}, and what it left cannot be removed now: ${says}`)
    }
  }
  return done
}
