/** The next hint: for the first check that does not hold, and for how it does not. */
import { judgeNow, openLab } from './check.ts'
import type { OpenLab } from './check.ts'
import type { Bench } from './bench.ts'
import { wordsOf } from './site.ts'
import { hintsFor, textFor } from './text.ts'

export interface LabHint {
  /** Null: all checks hold. */
  check: string | null
  says: string
  /** Hints taken in this lab, this one among them. */
  taken: number
  /** It was given before: there is no further one. */
  isLast: boolean
}

export async function hintFor(bench: Bench, id: string): Promise<LabHint> {
  const failed = (await judgeNow(bench, openLab(bench, id))).find(({ ok }) => !ok)
  const { lab, state, backend, site } = openLab(bench, id)
  if (failed === undefined) {
    const says =
      'Everything holds so far: it is solved when a check has watched whether it goes on.'
    return { check: null, says, taken: state.hints.length, isLast: true }
  }
  const hints = hintsFor(bench.shelf.page(lab, 'hints'), failed.name, failed.how)
  const key = `${failed.name} ${failed.how}`
  const before = state.hints.filter((each) => each === key).length
  const says = hints[Math.min(before, hints.length - 1)] ?? failed.todo
  const isNew = before < hints.length
  if (isNew) {
    bench.store.update(state, (now) => ({ ...now, hints: [...now.hints, key] }))
    bench.store.note(id, (record) => ({ ...record, hints: record.hints + 1 }))
  }
  return {
    check: failed.name,
    says: textFor(says, backend.id, wordsOf(backend, site)),
    taken: state.hints.length + (isNew ? 1 : 0),
    isLast: before + 1 >= hints.length,
  }
}

/** A hint that was given, with the check that it was for. */
export interface GivenHint {
  check: string
  says: string
}

/** The hints that were given in this lab, in their order. */
export function givenHints(
  { shelf }: Pick<Bench, 'shelf'>,
  { lab, state, backend, site }: OpenLab,
): readonly GivenHint[] {
  const words = wordsOf(backend, site)
  return state.hints.flatMap((key, at) => {
    const [check = '', how = ''] = key.split(' ')
    const before = state.hints.slice(0, at).filter((each) => each === key).length
    const says = hintsFor(shelf.page(lab, 'hints'), check, how)[before]
    return says === undefined ? [] : { check, says: textFor(says, backend.id, words) }
  })
}
